import Logging
import Synchronization

/// Cuts the socket of a connection when a call into the library does not come back: a write into a full socket of a frozen
/// broker has no time-out of its own. Looks every second, on the timer thread.
final class HangWatch: DeadlineSource {
  private let watched = Lock<(cutter: SocketCutter, since: UInt64)?>(nil)
  private let limit: UInt64
  private let name: String
  private let logger: Logger

  /// - Parameter limit: How long one call may take.
  init(_ name: String, limit: Duration, logger: Logger) {
    self.name = name
    self.limit = limit.nanoseconds
    self.logger = logger
  }

  /// Does something that may hang inside the library.
  func watching<R, E: Error>(_ connection: AMQPConnection, _ body: () throws(E) -> R) throws(E) -> R {
    watched.withLock { $0 = (connection.cutter, MonotonicClock.now) }
    defer { watched.withLock { $0 = nil } }
    return try body()
  }

  /// The broker has answered: many short requests in a row are no hang.
  func renew() { watched.withLock { $0?.since = MonotonicClock.now } }

  func fire(now: UInt64) -> UInt64? {
    let hanging = watched.withLock { watched -> SocketCutter? in
      guard let entry = watched, now > entry.since, now - entry.since > limit else { return nil }
      watched = nil
      return entry.cutter
    }
    if let hanging {
      logger.warning("the AMQP \(name) connection hung in a call for \(limit / 1_000_000_000) s; cutting it")
      hanging.cut()
    }
    return now &+ 1_000_000_000
  }
}

extension RabbitMQConfiguration {
  /// How long one call into the library may take: longer than any request, shorter than patience.
  var hangLimit: Duration { max(requestTimeout, heartbeat * 2) + .seconds(2) }
}
