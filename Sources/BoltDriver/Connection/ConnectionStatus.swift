internal import Synchronization

/// What others may ask a connection at any time and from any thread.
final class ConnectionStatus: Sendable {
  private let usable = Atomic<Bool>(true)
  private let ready = Atomic<Bool>(false)
  private let unanswered = Atomic<Int>(0)
  private let traffic: ServerTraffic

  /// - Parameter traffic: Counts the busy connections to the server.
  init(_ traffic: ServerTraffic = ServerTraffic()) { self.traffic = traffic }

  /// Whether few connections to the server are busy.
  var isTrafficLight: Bool { traffic.isLight }

  /// Whether nothing about the connection is in doubt.
  var isUsable: Bool { usable.load(ordering: .acquiring) }

  /// Whether nothing is open and nothing unanswered: somebody else may have it as it is.
  var isClean: Bool { hasNoneOpen && ready.load(ordering: .acquiring) }

  /// Whether every request is answered.
  var hasNoneOpen: Bool { unanswered.load(ordering: .acquiring) == 0 }

  /// Counts requests as soon as they are asked for, before the event loop knows of them.
  func willSend(_ count: Int) {
    if unanswered.add(count, ordering: .acquiringAndReleasing).oldValue == 0 { traffic.didBecomeBusy() }
  }

  /// Counts answers; the state they lead to is told first.
  func didAnswer(_ count: Int, isReady: Bool) {
    ready.store(isReady, ordering: .releasing)
    if unanswered.subtract(count, ordering: .acquiringAndReleasing).newValue == 0 { traffic.didBecomeIdle() }
  }

  /// The connection must never be used again.
  func condemn() { usable.store(false, ordering: .releasing) }
}
