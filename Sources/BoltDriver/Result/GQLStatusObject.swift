/// A status of the GQL standard in a summary: how the query went, and what the server noticed.
public struct GQLStatusObject: Sendable, Hashable {
  /// Five characters; `00000` is success, `02000` no data, `01…` a warning, `03…` information.
  public let gqlStatus: String
  /// The standard's text.
  public let description: String
  /// The diagnostic record, with the entries that the standard wants.
  public let diagnosticRecord: [String: BoltValue]
  /// Whether it is a notification about the query.
  public let isNotification: Bool

  /// How serious it is, for a notification.
  public var severity: NotificationSeverity { NotificationSeverity(raw: rawSeverity) }
  /// How serious it is, in the server's word; nil when it sent none.
  public var rawSeverity: String? { diagnosticRecord["_severity"]?.text }
  /// What kind of notification it is.
  public var classification: NotificationCategory { NotificationCategory(raw: rawClassification) }
  /// What kind it is, in the server's word; nil when it sent none.
  public var rawClassification: String? { diagnosticRecord["_classification"]?.text }
  /// Where in the query; nil when it is about the whole.
  public var position: QueryNotification.Position? { QueryNotification.Position(diagnosticRecord["_position"]) }

  /// Reads an entry of `statuses` (from Bolt 5.6 on).
  package init?(wire value: BoltValue) {
    guard case .map(let entries) = value, case .string(let gqlStatus)? = entries["gql_status"] else { return nil }
    var record: [String: BoltValue] = [:]
    if case .map(let entries)? = entries["diagnostic_record"] { record = entries }
    let description = if case .string(let text)? = entries["status_description"] { text } else { "" }
    self.init(
      gqlStatus: gqlStatus, description: description, diagnosticRecord: record,
      isNotification: entries["neo4j_code"]?.text != nil)
  }

  /// What an older server would have sent for a notification.
  package init(_ notification: QueryNotification) {
    let isWarning = notification.severity == .warning
    var record: [String: BoltValue] = [:]
    if let severity = notification.rawSeverity { record["_severity"] = .string(severity) }
    if let category = notification.rawCategory { record["_classification"] = .string(category) }
    if let position = notification.position { record["_position"] = position.wire }
    let unknown = isWarning ? "warn: unknown warning" : "info: unknown notification"
    self.init(
      gqlStatus: isWarning ? "01N42" : "03N42",
      description: notification.description.isEmpty ? unknown : notification.description, diagnosticRecord: record,
      isNotification: true)
  }

  package init(
    gqlStatus: String, description: String, diagnosticRecord: [String: BoltValue] = [:], isNotification: Bool = false
  ) {
    self.gqlStatus = gqlStatus
    self.description = description
    self.diagnosticRecord = diagnosticRecord.merging(GQLStatus.defaultRecord) { given, _ in given }
    self.isNotification = isNotification
  }

  /// The statuses of a server that sends none (before Bolt 5.6): no data, warnings, success, information, in this
  /// order.
  package static func filledIn(
    hasColumns: Bool, sawRecords: Bool?, notifications: [QueryNotification]
  ) -> [GQLStatusObject] {
    let outcome =
      switch (hasColumns, sawRecords) {
      case (_, true): GQLStatusObject(gqlStatus: "00000", description: "note: successful completion")
      case (false, _):
        GQLStatusObject(gqlStatus: "00001", description: "note: successful completion - omitted result")
      case (true, false): GQLStatusObject(gqlStatus: "02000", description: "note: no data")
      case (true, nil): GQLStatusObject(gqlStatus: "02N42", description: "note: no data - unknown subcondition")
      }
    let all = notifications.map(GQLStatusObject.init)
    let warnings = all.filter { $0.gqlStatus.hasPrefix("01") }
    let rest = all.filter { !$0.gqlStatus.hasPrefix("01") }
    return outcome.gqlStatus.hasPrefix("02") ? [outcome] + warnings + rest : warnings + [outcome] + rest
  }
}
