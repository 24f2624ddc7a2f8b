/// What the server noticed about a query: a missing index, a deprecated word.
public struct QueryNotification: Sendable, Hashable {
  /// The code, such as `Neo.ClientNotification.Statement.UnknownLabelWarning`.
  public let code: String
  /// A short text.
  public let title: String
  /// What it is about.
  public let description: String
  /// How serious it is.
  public var severity: NotificationSeverity { NotificationSeverity(raw: rawSeverity) }
  /// How serious it is, in the server's word; nil when it sent none.
  public let rawSeverity: String?
  /// What kind of notification it is.
  public var category: NotificationCategory { NotificationCategory(raw: rawCategory) }
  /// What kind it is, in the server's word; nil when it sent none (before Bolt 5.2).
  public let rawCategory: String?
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

    /// The place as the wire has it.
    var wire: BoltValue { ["offset": .int(offset), "line": .int(line), "column": .int(column)] }
  }

  /// Reads an entry of `notifications` (until Bolt 5.4).
  package init?(wire value: BoltValue) {
    guard case .map(let entries) = value else { return nil }
    code = entries["code"]?.text ?? ""
    title = entries["title"]?.text ?? ""
    description = entries["description"]?.text ?? ""
    rawSeverity = entries["severity"]?.text
    rawCategory = entries["category"]?.text
    position = Position(entries["position"])
  }

  /// Reads an entry of `statuses` (from Bolt 5.6 on); nil when it is no notification.
  package init?(status value: BoltValue) {
    guard case .map(let entries) = value, let code = entries["neo4j_code"]?.text else { return nil }
    var record: [String: BoltValue] = [:]
    if case .map(let entries)? = entries["diagnostic_record"] { record = entries }
    self.code = code
    title = entries["title"]?.text ?? ""
    description = entries["description"]?.text ?? ""
    rawSeverity = record["_severity"]?.text
    rawCategory = record["_classification"]?.text
    position = Position(record["_position"])
  }
}

extension BoltValue {
  /// The text, when it is one.
  var text: String? { if case .string(let text) = self { text } else { nil } }
}
