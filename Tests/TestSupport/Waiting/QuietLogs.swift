import Logging

/// Keeps loggers that nobody passed along (those of the middleware) from filling the output of the test run.
package enum QuietLogs {
  private static let once: Void = LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }

  /// Silences them; the first call counts, the others do nothing.
  package static func install() { once }
}
