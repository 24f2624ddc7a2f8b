import Synchronization

/// Every queue that this process has been told of. Topology is declared from here, never from what was once declared.
final class QueueDeclarations: Sendable {
  private let byName = Lock<[String: QueueDeclaration]>([:])

  func register(_ declaration: QueueDeclaration) {
    byName.withLock { $0[declaration.name] = declaration }
  }

  /// The declaration of a queue; one with the defaults when nobody has declared it.
  subscript(name: String) -> QueueDeclaration { byName.withLock { $0[name] } ?? QueueDeclaration(name) }
}
