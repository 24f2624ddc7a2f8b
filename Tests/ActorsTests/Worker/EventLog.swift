import Actors
import Synchronization

/// What happened, in order, from any thread.
final class EventLog: Sendable {
  private let kept = Lock<[String]>([])

  func add(_ event: String) { kept.withLock { $0.append(event) } }
  var all: [String] { kept.withLock { $0 } }
  func count(_ event: String) -> Int { kept.withLock { events in events.count { $0 == event } } }
}

/// A gate that tests hold shut.
final class TestGate: Sendable {
  private struct State {
    var isOpen = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }
  private let state = Lock(State())

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Waits; deaf to cancellation.
  func pass() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }
}

/// A number that any thread adds to.
final class Tally: Sendable {
  private let kept = Lock(0)
  func add(_ amount: Int = 1) { kept.withLock { $0 += amount } }
  var value: Int { kept.withLock { $0 } }
}
