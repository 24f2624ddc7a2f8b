import Logging
import Synchronization

@testable import BoltDriver

/// Keeps the log lines of one test.
final class LogLines: Sendable {
  private let kept = Lock<[(level: Logger.Level, text: String)]>([])

  var logger: Logger {
    var logger = Logger(label: "test") { _ in Handler(lines: self) }
    logger.logLevel = .trace
    return logger
  }

  var text: String { kept.withLock { $0.map(\.text).joined(separator: "\n") } }

  func count(of level: Logger.Level) -> Int { kept.withLock { $0.count { $0.level == level } } }

  private struct Handler: LogHandler {
    let lines: LogLines
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let text = "\(event.message) \(metadata.merging(event.metadata ?? [:]) { $1 })"
      lines.kept.withLock { $0.append((event.level, text)) }
    }
  }
}
