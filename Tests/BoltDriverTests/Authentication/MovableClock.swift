import Synchronization

@testable import BoltDriver

/// A clock that stands still until it is moved.
final class MovableClock: Sendable {
  private let time = Lock(ContinuousClock.now)

  var clock: DriverClock { DriverClock(now: { self.time.withLock { $0 } }) }

  func move(by span: Duration) { time.withLock { $0 += span } }
}
