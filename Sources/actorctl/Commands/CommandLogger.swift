import Logging

/// The logger of one-shot commands: warnings and worse, on stderr.
enum CommandLogger {
  static func make() -> Logger {
    var logger = Logger(label: "actorctl")
    logger.logLevel = .warning
    return logger
  }
}
