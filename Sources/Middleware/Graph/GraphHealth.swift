import Actors
package import BoltDriver
import Synchronization

/// Whether the graph answers, as it was seen last.
package final class GraphHealth: Sendable {
  /// What was seen.
  package enum State: Sendable {
    /// Nobody has looked yet.
    case unknown
    case up
    /// It cannot be used, and why.
    case down(any Error)
    /// It may well answer, but every connection is in use.
    case exhausted(String)
  }

  private let state = Lock(State.unknown)

  package init() {}

  /// Notes what was seen.
  ///
  /// - Returns: What had been seen before.
  @discardableResult
  package func note(_ new: State) -> State {
    state.withLock { state in
      defer { state = new }
      return state
    }
  }

  /// What was seen last.
  package var current: State { state.withLock { $0 } }

  /// Why the graph is not to be asked; nil when it may be.
  package var down: BoltError? {
    guard case .down(let error) = current else { return nil }
    return BoltError(
      .serviceUnavailable, "the graph is down, and this message has not asked it", underlying: error)
  }

  /// What is wrong, in a line; nil when nothing is.
  package var reason: String? {
    switch current {
    case .unknown, .up: nil
    case .down(let error): "graph: down: \(ErrorText(error).description)"
    case .exhausted(let text): "graph: \(text)"
    }
  }
}
