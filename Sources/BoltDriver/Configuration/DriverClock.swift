/// Where the driver reads the time and how it waits; tests inject their own.
///
/// Ages (lifetimes, idle times, the limit of retries) are read from `now`, which a test may freeze and move. Deadlines
/// are instants of the real `ContinuousClock` and are slept for with `sleepUntil`: a frozen clock must not make a call
/// hang.
package struct DriverClock: Sendable {
  package typealias Instant = ContinuousClock.Instant

  /// The time by which things age.
  package var now: @Sendable () -> Instant
  /// Waits for a span, for the pauses between retries; throws when the task is cancelled.
  package var sleep: @Sendable (Duration) async throws -> Void
  /// Waits for a deadline; throws when the task is cancelled.
  package var sleepUntil: @Sendable (Instant) async throws -> Void

  package init(
    now: @escaping @Sendable () -> Instant = { ContinuousClock.now },
    sleep: @escaping @Sendable (Duration) async throws -> Void = {
      try await Task.sleep(for: min($0, DriverClock.forever))
    },
    sleepUntil: @escaping @Sendable (Instant) async throws -> Void = {
      try await Task.sleep(until: min($0, ContinuousClock.now + DriverClock.forever), clock: .continuous)
    }
  ) {
    self.now = now
    self.sleep = sleep
    self.sleepUntil = sleepUntil
  }

  /// The longest that is slept: the standard library traps on times that are more seconds away than 64 bits count.
  package static let forever = Duration.seconds(Int64(100 * 365 * 86_400))

  /// An instant from which the driver counts. The clock's own instants are opaque to the compiler: whatever holds one is
  /// copied through its metadata, which costs more than all else that a pool does.
  package static let origin = ContinuousClock.now

  /// The time by which things age, as the span since ``origin``.
  package var time: Duration { Self.origin.duration(to: now()) }

  /// The real one.
  package static let continuous = DriverClock()
}
