import Actors
package import Logging
import Synchronization

/// Keeps what is logged, for assertions on log lines.
package final class LogCapture: Sendable {
  /// One log line.
  package struct Line: Sendable {
    /// How grave.
    package let level: Logger.Level
    /// The logger.
    package let label: String
    /// The text.
    package let message: String
    /// The metadata as text.
    package let metadata: [String: String]

    /// Level, text and metadata, for searching.
    package var description: String {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      return "[\(level)] \(label): \(message) \(pairs.joined(separator: " "))"
    }
  }

  private let kept = Lock<[Line]>([])

  /// An empty capture.
  package init() {}

  /// Everything logged so far.
  package var lines: [Line] { kept.withLock { $0 } }
  /// The lines of this level or graver.
  package func lines(from level: Logger.Level) -> [Line] { lines.filter { $0.level >= level } }
  /// The lines whose text or metadata holds `part`.
  package func lines(containing part: String) -> [Line] { lines.filter { $0.description.contains(part) } }
  /// Everything as one text.
  package var text: String { lines.map(\.description).joined(separator: "\n") }

  /// A logger that writes here.
  package func logger(_ label: String = "test", level: Logger.Level = .debug) -> Logger {
    var logger = Logger(label: label) { CapturingHandler(label: $0, capture: self) }
    logger.logLevel = level
    return logger
  }

  fileprivate func keep(_ line: Line) { kept.withLock { $0.append(line) } }
}

private struct CapturingHandler: LogHandler {
  let label: String
  let capture: LogCapture
  var logLevel: Logger.Level = .debug
  var metadata: Logger.Metadata = [:]

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    let text = event.error.map { "\(event.message): \($0)" } ?? "\(event.message)"
    capture.keep(
      LogCapture.Line(level: event.level, label: label, message: text, metadata: all.mapValues { "\($0)" }))
  }
}
