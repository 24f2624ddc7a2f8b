import Actors
import Synchronization

/// Bounds how many lines of one kind a process writes a second.
///
/// When what every actor needs is down, tens of thousands of attempts a second fail alike: written out, they would cost
/// more than the attempts and bury everything else.
final class LogAllowance: Sendable {
  private struct State {
    var windowStart: UInt64 = 0
    var written = 0
    var withheld = 0
  }

  private let limit: Int
  private let state = Lock(State())

  /// - Parameter limit: How many lines a second.
  init(_ limit: Int) { self.limit = limit }

  /// Asks for a line.
  ///
  /// - Parameter now: Monotonic nanoseconds.
  /// - Returns: How many lines were withheld since the last one that was allowed; nil when this one is to be withheld.
  func take(now: UInt64 = MonotonicClock.now) -> Int? {
    state.withLock { state in
      if now &- state.windowStart >= 1_000_000_000 { (state.windowStart, state.written) = (now, 0) }
      guard state.written < limit else {
        state.withheld += 1
        return nil
      }
      state.written += 1
      defer { state.withheld = 0 }
      return state.withheld
    }
  }
}
