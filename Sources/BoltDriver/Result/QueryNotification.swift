/// What the server noticed about a query: a missing index, a deprecated word.
public struct QueryNotification: Sendable, Hashable {
  /// The code, such as `Neo.ClientNotification.Statement.UnknownLabelWarning`.
  public let code: String
  /// A short text.
  public let title: String
  /// What it is about.
  public let description: String
  /// How serious it is, as the server says: `WARNING`, `INFORMATION`, or a word that is newer than this driver.
  public let severity: String
  /// Its category, such as `DEPRECATION`; nil when the server sends none (before Bolt 5.2).
  public let category: String?
  /// Where in the query; nil when it is about the whole.
  public let position: Position?

  /// A place in a query.
  public struct Position: Sendable, Hashable {
    /// Characters from the beginning, from 0.
    public let offset: Int64
    /// The line, from 1.
    public let line: Int64
    /// The column, from 1.
    public let column: Int64

    init?(_ value: BoltValue?) {
      guard case .map(let entries)? = value, case .int(let offset)? = entries["offset"],
        case .int(let line)? = entries["line"], case .int(let column)? = entries["column"]
      else { return nil }
      self.offset = offset
      self.line = line
      self.column = column
    }
  }

  /// Reads an entry of `notifications` (until Bolt 5.4).
  package init?(wire value: BoltValue) {
    guard case .map(let entries) = value else { return nil }
    code = Self.text(entries["code"]) ?? ""
    title = Self.text(entries["title"]) ?? ""
    description = Self.text(entries["description"]) ?? ""
    severity = Self.text(entries["severity"]) ?? ""
    category = Self.text(entries["category"])
    position = Position(entries["position"])
  }

  /// Reads an entry of `statuses` (from Bolt 5.6 on); nil when it is no notification.
  package init?(status value: BoltValue) {
    guard case .map(let entries) = value, let code = Self.text(entries["neo4j_code"]) else { return nil }
    var record: [String: BoltValue] = [:]
    if case .map(let entries)? = entries["diagnostic_record"] { record = entries }
    self.code = code
    title = Self.text(entries["title"]) ?? ""
    description = Self.text(entries["description"]) ?? ""
    severity = Self.text(record["_severity"]) ?? ""
    category = Self.text(record["_classification"])
    position = Position(record["_position"])
  }

  private static func text(_ value: BoltValue?) -> String? {
    if case .string(let text)? = value { text } else { nil }
  }
}
