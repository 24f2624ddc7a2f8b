internal import Synchronization

/// What others may ask a connection at any time and from any thread.
final class ConnectionStatus: Sendable {
  private let usable = Atomic<Bool>(true)
  private let ready = Atomic<Bool>(false)
  private let unanswered = Atomic<Int>(0)

  /// Whether nothing about the connection is in doubt.
  var isUsable: Bool { usable.load(ordering: .acquiring) }

  /// Whether nothing is open and nothing unanswered: somebody else may have it as it is.
  var isClean: Bool { hasNoneOpen && ready.load(ordering: .acquiring) }

  /// Whether every request is answered.
  var hasNoneOpen: Bool { unanswered.load(ordering: .acquiring) == 0 }

  /// Counts requests as soon as they are asked for, before the event loop knows of them.
  func willSend(_ count: Int) { unanswered.add(count, ordering: .acquiringAndReleasing) }

  /// Counts answers; the state they lead to is told first.
  func didAnswer(_ count: Int, isReady: Bool) {
    ready.store(isReady, ordering: .releasing)
    unanswered.subtract(count, ordering: .acquiringAndReleasing)
  }

  /// The connection must never be used again.
  func condemn() { usable.store(false, ordering: .releasing) }
}
