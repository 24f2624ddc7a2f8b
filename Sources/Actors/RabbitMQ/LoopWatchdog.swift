/// Looks every second whether a connection's thread hangs inside the library, and if so cuts its socket: a write into a
/// full socket of a frozen broker has no time-out of its own.
final class LoopWatchdog: DeadlineSource {
  private let loop: ConnectionLoop
  private let limit: UInt64

  init(_ loop: ConnectionLoop, limit: Duration) {
    self.loop = loop
    self.limit = limit.nanoseconds
  }

  func fire(now: UInt64) -> UInt64? {
    loop.cutIfHanging(longerThan: limit, now: now)
    return now &+ 1_000_000_000
  }
}

extension RabbitMQConfiguration {
  /// How long one call into the library may take: longer than any request, shorter than patience.
  var hangLimit: Duration { max(requestTimeout, heartbeat * 2) + .seconds(2) }
}
