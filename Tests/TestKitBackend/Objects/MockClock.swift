import BoltDriver
import Synchronization

/// A clock that a test can stop and move. Pauses and deadlines stay real.
final class MockClock: Sendable {
  /// When the clock was stopped, moved by what the test added; nil while it runs.
  private let stoppedAt = Mutex<ContinuousClock.Instant?>(nil)

  /// The time.
  var now: ContinuousClock.Instant { stoppedAt.withLock { $0 } ?? .now }

  /// Stops the clock.
  func stop() { stoppedAt.withLock { $0 = .now } }

  /// Moves a clock that is stopped.
  ///
  /// - Throws: ``BackendFault`` when it runs.
  func advance(by span: Duration) throws {
    try stoppedAt.withLock { stoppedAt in
      guard let instant = stoppedAt else { throw BackendFault("the clock is moved without being stopped") }
      stoppedAt = instant + span
    }
  }

  /// Lets the clock run again.
  func restart() { stoppedAt.withLock { $0 = nil } }

  /// What the driver is given.
  var driverClock: DriverClock { DriverClock(now: { self.now }) }
}
