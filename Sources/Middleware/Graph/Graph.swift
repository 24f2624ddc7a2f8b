public import Actors
public import BoltDriver

/// The graph that the running message can ask.
public enum Graph {
  /// The driver of this worker process; nil outside an actor, or without ``GraphDriver`` in the stack. Child tasks and
  /// tasks made with `Task { … }` inherit it.
  public static var current: Driver? { access?.driver }

  @TaskLocal package static var access: GraphAccess?
}

extension MessageContext {
  /// The driver of this worker process, which ``GraphDriver`` has put here.
  ///
  /// While the graph is known to be down this throws at once, so that a message that needs it makes room for others and
  /// is retried by the normal rules.
  ///
  /// - Throws: `BoltError` (`serviceUnavailable`) while the graph is down; `ActorSystemError` (`middlewareNotFound`)
  ///   when the stack has no ``GraphDriver``.
  public var graph: Driver {
    get throws {
      guard let access = self[GraphAccess.self] else {
        throw ActorSystemError(
          .middlewareNotFound, "there is no graph here: add GraphDriver() to the middleware of the worker")
      }
      if let down = access.health.down { throw down }
      return access.driver
    }
  }
}

/// What a message needs of the graph: the driver, and whether it is worth asking.
package final class GraphAccess: MessageContextKey {
  package typealias Value = GraphAccess

  package let driver: Driver
  package let health: GraphHealth

  package init(driver: Driver, health: GraphHealth) {
    self.driver = driver
    self.health = health
  }
}
