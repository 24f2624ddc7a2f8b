/// An actor as the worker knows it: a name, its options, and how to run it on a message.
public final class ActorDefinition: Sendable {
  /// The name on the wire.
  public let name: String
  /// How its messages are treated.
  public let options: ActorOptions
  private let body: @Sendable (MessageContext) async throws -> ActorResult?

  /// Makes a definition. `body` decodes the arguments of the context's message and runs the actor; it throws
  /// ``InvalidArguments`` when they do not fit.
  public init(
    name: String, options: ActorOptions, body: @escaping @Sendable (MessageContext) async throws -> ActorResult?
  ) {
    self.name = name
    self.options = options
    self.body = body
  }

  /// Decodes the arguments and runs the actor.
  ///
  /// - Throws: ``InvalidArguments``, or whatever the actor throws.
  package func perform(_ context: MessageContext) async throws -> ActorResult? { try await body(context) }
}
