import Actors
package import Logging

/// The logger of one middleware: made at its first line, once per process, so that a logging backend which a program
/// sets up after it has built its stack is still the one that gets the lines.
package struct MiddlewareLog: Sendable {
  private let logger: @Sendable () -> Logger

  /// A log that uses what `logger` returns, asked at each line.
  package init(_ logger: @escaping @Sendable () -> Logger) { self.logger = logger }

  static let ageLimit = MiddlewareLog { ProcessLoggers.ageLimit }
  static let timeLimit = MiddlewareLog { ProcessLoggers.timeLimit }
  static let callbacks = MiddlewareLog { ProcessLoggers.callbacks }
  static let pipelines = MiddlewareLog { ProcessLoggers.pipelines }
  static let retries = MiddlewareLog { ProcessLoggers.retries }

  /// Whether lines of this level are written at all.
  func isWritten(_ level: Logger.Level) -> Bool { logger().logLevel <= level }

  /// Writes one line about a message; nothing is put together when the level is off.
  func callAsFunction(
    _ level: Logger.Level, _ message: @autoclosure () -> Logger.Message, about context: MessageContext,
    _ details: @autoclosure () -> Logger.Metadata = [:]
  ) {
    let logger = logger()
    guard logger.logLevel <= level else { return }
    var metadata: Logger.Metadata = [
      "message.id": .string(context.deliveredMessage.id),
      "actor.name": .string(context.actor.name),
      "queue.name": .string(context.queue),
      "attempt": .stringConvertible(context.attempt),
    ]
    metadata.merge(details()) { _, detail in detail }
    logger.log(level: level, message(), metadata: metadata)
  }
}

/// Made when first used.
private enum ProcessLoggers {
  static let ageLimit = Logger(label: "troupe.middleware.age_limit")
  static let timeLimit = Logger(label: "troupe.middleware.time_limit")
  static let callbacks = Logger(label: "troupe.middleware.callbacks")
  static let pipelines = Logger(label: "troupe.middleware.pipelines")
  static let retries = Logger(label: "troupe.middleware.retries")
}
