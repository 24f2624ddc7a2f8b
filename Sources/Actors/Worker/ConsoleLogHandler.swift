import Glibc
public import Logging

/// Writes log lines to standard error: text on a terminal, one JSON object a line otherwise.
///
/// A line is one `write`, so lines of several threads and processes do not mix. Control characters are escaped in both
/// forms: what came from the wire cannot forge a line.
public struct ConsoleLogHandler: LogHandler {
  /// How a line looks.
  public enum Format: Sendable {
    /// For people.
    case text
    /// For programs: `ts`, `level`, `msg`, `logger`, `pid`, and the metadata by its keys.
    case json
  }

  /// The least severe level that is written.
  public var logLevel: Logger.Level
  /// What is added to every line of this logger.
  public var metadata: Logger.Metadata = [:]
  /// What is added to every line, asked when the line is written.
  public var metadataProvider: Logger.MetadataProvider?
  private let label: String
  private let format: Format
  private let output: Int32

  /// Makes a handler.
  ///
  /// - Parameters:
  ///   - label: The logger's label.
  ///   - level: The least severe level that is written.
  ///   - format: How a line looks; nil for text on a terminal and JSON otherwise.
  ///   - metadataProvider: What is added to every line, see `Logger.MetadataProvider.currentMessage`.
  public init(
    label: String, level: Logger.Level = .info, format: Format? = nil,
    metadataProvider: Logger.MetadataProvider? = .currentMessage
  ) {
    self.init(label: label, level: level, format: format, metadataProvider: metadataProvider, output: STDERR_FILENO)
  }

  package init(
    label: String, level: Logger.Level, format: Format?, metadataProvider: Logger.MetadataProvider?, output: Int32
  ) {
    self.label = label
    logLevel = level
    self.metadataProvider = metadataProvider
    self.format = format ?? (isatty(output) == 1 ? .text : .json)
    self.output = output
  }

  /// One value of ``metadata``.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes one line.
  public func log(event: LogEvent) {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
    if let given = event.metadata { all.merge(given) { $1 } }
    if let error = event.error, all["error"] == nil { all["error"] = "\(ErrorText(error))" }
    let sorted = all.sorted { $0.key < $1.key }
    FileOutput.write(format == .text ? text(event, sorted) : json(event, sorted), to: output)
  }

  private func text(_ event: LogEvent, _ metadata: [(key: String, value: Logger.Metadata.Value)]) -> [UInt8] {
    let level = event.level.rawValue
    let padding = String(repeating: " ", count: max(8 - level.utf8.count, 0))
    var line = "\(Timestamp.now) \(level)\(padding) \(label): \(Excerpt("\(event.message)", limit: 65_536).description)"
    for (key, value) in metadata {
      let text = Excerpt("\(value)", limit: 65_536).description
      let isPlain = !text.isEmpty && !text.contains { $0 == " " || $0 == "\"" || $0 == "=" }
      line += " \(key)=" + (isPlain ? text : "\"" + text.replacingQuotes + "\"")
    }
    return Array((line + "\n").utf8)
  }

  private func json(_ event: LogEvent, _ metadata: [(key: String, value: Logger.Metadata.Value)]) -> [UInt8] {
    var writer = JSONWriter(capacity: 256)
    func field(_ key: String, isFirst: Bool = false) {
      writer.raw(isFirst ? "{" : ",")
      writer.string(key)
      writer.raw(":")
    }
    field("ts", isFirst: true)
    writer.string(Timestamp.now)
    field("level")
    writer.string(event.level.rawValue)
    field("msg")
    writer.string("\(event.message)")
    field("logger")
    writer.string(label)
    field("pid")
    writer.integer(getpid())
    let taken: Set = ["ts", "level", "msg", "logger", "pid"]
    for (key, value) in metadata {
      field(taken.contains(key) ? "metadata.\(key)" : key)
      append(value, to: &writer)
    }
    writer.raw("}\n")
    return writer.bytes
  }

  private func append(_ value: Logger.Metadata.Value, to writer: inout JSONWriter) {
    switch value {
    case .array(let values):
      writer.raw("[")
      for (index, value) in values.enumerated() {
        if index > 0 { writer.raw(",") }
        append(value, to: &writer)
      }
      writer.raw("]")
    case .dictionary(let values):
      writer.raw("{")
      for (index, entry) in values.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { writer.raw(",") }
        writer.string(entry.key)
        writer.raw(":")
        append(entry.value, to: &writer)
      }
      writer.raw("}")
    default: writer.string("\(value)")
    }
  }
}

extension String {
  fileprivate var replacingQuotes: String {
    split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
  }
}
