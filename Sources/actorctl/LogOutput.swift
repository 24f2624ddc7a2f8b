import Actors
import Logging

/// Where the log lines of `actorctl` go: stderr, as text on a terminal and as JSON lines elsewhere.
enum LogOutput {
  /// Sets the process's log handler.
  static func bootstrap() { LoggingSystem.bootstrap { ConsoleLogHandler(label: $0) } }
}
