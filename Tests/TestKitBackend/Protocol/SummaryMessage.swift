import Actors
import BoltDriver

/// Writes summaries as the suite wants them.
struct SummaryMessage {
  private let summary: ResultSummary

  init(_ summary: ResultSummary) { self.summary = summary }

  /// The data of the message.
  func json() throws -> JSONValue {
    [
      "serverInfo": Self.json(summary.server),
      "counters": counters,
      "query": [
        "text": .string(summary.query.text), "parameters": try CypherEncoding.members(summary.query.parameters),
      ],
      "queryType": summary.queryType.map { .string($0.rawValue) } ?? .null,
      "database": Self.text(summary.database),
      "notifications": notifications,
      "gqlStatusObjects": .array(try summary.statuses.map(Self.json)),
      // The driver shows the plan of a profiled query as its plan, too.
      "plan": summary.profile == nil ? try summary.plan.map(Self.json) ?? .null : .null,
      "profile": try summary.profile.map(Self.json) ?? .null,
      "resultAvailableAfter": Self.milliseconds(summary.availableAfter),
      "resultConsumedAfter": Self.milliseconds(summary.consumedAfter),
    ]
  }

  /// A server.
  static func json(_ server: ServerInfo) -> JSONValue {
    [
      "address": .string(server.address), "agent": .string(server.agent),
      "protocolVersion": .string(server.protocolVersion.description),
    ]
  }

  // MARK: - Parts

  private var counters: JSONValue {
    let counters = summary.counters
    return [
      "constraintsAdded": .integer(counters.constraintsAdded),
      "constraintsRemoved": .integer(counters.constraintsRemoved),
      "containsSystemUpdates": .bool(counters.containsSystemUpdates),
      "containsUpdates": .bool(counters.containsUpdates),
      "indexesAdded": .integer(counters.indexesAdded), "indexesRemoved": .integer(counters.indexesRemoved),
      "labelsAdded": .integer(counters.labelsAdded), "labelsRemoved": .integer(counters.labelsRemoved),
      "nodesCreated": .integer(counters.nodesCreated), "nodesDeleted": .integer(counters.nodesDeleted),
      "propertiesSet": .integer(counters.propertiesSet),
      "relationshipsCreated": .integer(counters.relationshipsCreated),
      "relationshipsDeleted": .integer(counters.relationshipsDeleted),
      "systemUpdates": .integer(counters.systemUpdates),
    ]
  }

  private var notifications: JSONValue {
    guard summary.hasNotificationList else { return .null }
    return .array(
      summary.notifications.map { notification in
        var members: [JSONValue.Member] = [
          .init(key: "title", value: .string(notification.title)),
          .init(key: "code", value: .string(notification.code)),
          .init(key: "description", value: .string(notification.description)),
          .init(key: "severity", value: .string(notification.rawSeverity ?? "")),
          .init(key: "severityLevel", value: .string(notification.severity.rawValue)),
          .init(key: "rawSeverityLevel", value: .string(notification.rawSeverity ?? "")),
          .init(key: "category", value: .string(notification.category.rawValue)),
          .init(key: "rawCategory", value: .string(notification.rawCategory ?? "")),
        ]
        if let position = notification.position {
          members.append(.init(key: "position", value: Self.json(position)))
        }
        return .object(members)
      })
  }

  private static func json(_ status: GQLStatusObject) throws -> JSONValue {
    [
      "gqlStatus": .string(status.gqlStatus), "statusDescription": .string(status.description),
      "position": status.position.map(json) ?? .null, "classification": .string(status.classification.rawValue),
      "rawClassification": text(status.rawClassification), "severity": .string(status.severity.rawValue),
      "rawSeverity": text(status.rawSeverity),
      "diagnosticRecord": try CypherEncoding.members(status.diagnosticRecord),
      "isNotification": .bool(status.isNotification),
    ]
  }

  private static func json(_ position: QueryNotification.Position) -> JSONValue {
    ["column": .integer(position.column), "offset": .integer(position.offset), "line": .integer(position.line)]
  }

  private static func json(_ plan: QueryPlan) throws -> JSONValue {
    var members: [JSONValue.Member] = [
      .init(key: "operatorType", value: .string(plan.operatorType)),
      .init(key: "args", value: try PlainEncoding.json(.map(plan.arguments))),
      .init(key: "identifiers", value: .array(plan.identifiers.map(JSONValue.string))),
      .init(key: "children", value: .array(try plan.children.map(json))),
    ]
    let counts: [(String, Int64?)] = [
      ("dbHits", plan.databaseHits), ("rows", plan.rows), ("pageCacheHits", plan.pageCacheHits),
      ("pageCacheMisses", plan.pageCacheMisses), ("time", plan.time),
    ]
    for case (let name, let count?) in counts { members.append(.init(key: name, value: .integer(count))) }
    if let ratio = plan.pageCacheHitRatio { members.append(.init(key: "pageCacheHitRatio", value: .double(ratio))) }
    return .object(members)
  }

  private static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

  private static func milliseconds(_ span: Duration?) -> JSONValue {
    span.map { .integer($0.components.seconds * 1000 + $0.components.attoseconds / 1_000_000_000_000_000) } ?? .null
  }
}
