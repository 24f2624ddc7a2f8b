extension ActorOptions {
  /// Whether an error is one that the actor throws on purpose: of a type in ``throws``, or of a class derived from it.
  package func throwsOnPurpose(_ error: any Error) -> Bool {
    `throws`.contains { Self.isInstance(error, of: $0) }
  }

  private static func isInstance<E: Error>(_ error: any Error, of type: E.Type) -> Bool { error is E }
}
