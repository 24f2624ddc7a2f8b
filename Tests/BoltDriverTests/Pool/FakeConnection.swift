import Synchronization

@testable import BoltDriver

/// A connection without a socket, which remembers what was done with it.
final class FakeConnection: PoolableConnection {
  struct Refused: Error {}

  private struct State {
    var isUsable = true
    var needsReset = false
    var answersReset = true
    var isStalled = false
    var users = 0
    var sharedUse = false
    var resets = 0
    var closedFor: [ConnectionCloseReason] = []
  }

  let number: Int
  private let state = Lock(State())

  init(_ number: Int = 0) { self.number = number }

  var isUsable: Bool { state.withLock { $0.isUsable && $0.closedFor.isEmpty } }
  var needsReset: Bool { state.withLock { $0.needsReset } }
  var resets: Int { state.withLock { $0.resets } }
  var closedFor: [ConnectionCloseReason] { state.withLock { $0.closedFor } }
  /// Whether two ever used it at the same time.
  var wasShared: Bool { state.withLock { $0.sharedUse } }

  func reset(deadline: ContinuousClock.Instant) async throws {
    await Task.yield()
    if state.withLock({ $0.isStalled }) {
      try await Task.sleep(until: deadline, clock: .continuous)
      throw Refused()
    }
    try state.withLock { state in
      state.resets += 1
      guard state.answersReset, state.isUsable else { throw Refused() }
      state.needsReset = false
    }
  }

  func close(reason: ConnectionCloseReason) async {
    await Task.yield()
    state.withLock { $0.closedFor.append(reason) }
  }

  func breakDown() { state.withLock { $0.isUsable = false } }
  func soil() { state.withLock { $0.needsReset = true } }
  func clean() { state.withLock { $0.needsReset = false } }
  /// From now on a reset ends only at its deadline.
  func stall() { state.withLock { $0.isStalled = true } }
  func fallSilent() { state.withLock { $0.answersReset = false } }

  func beginUse() {
    state.withLock { state in
      state.users += 1
      if state.users > 1 { state.sharedUse = true }
    }
  }

  func endUse() { state.withLock { $0.users -= 1 } }
}
