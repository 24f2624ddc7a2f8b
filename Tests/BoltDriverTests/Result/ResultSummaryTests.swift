import Testing

@testable import BoltDriver

@Suite struct ResultSummaryTests {
  private func summary(
    _ end: [String: BoltValue], header: [String: BoltValue] = [:], columns: [String] = ["x"], sawRecords: Bool? = true
  ) throws -> ResultSummary {
    try ResultSummary(
      query: "RETURN 1", columns: columns, sawRecords: sawRecords, header: header, end: end,
      server: ServerInfo(address: "h:1", agent: "a", protocolVersion: .v54))
  }

  @Test func countersAndTimesAreRead() throws {
    let summary = try summary(
      ["type": "rw", "t_last": 5, "db": "graph", "stats": ["nodes-created": 2, "labels-added": 1, "nonsense": "x"]],
      header: ["t_first": 3])
    #expect(summary.queryType == .readWrite)
    #expect(summary.counters.nodesCreated == 2)
    #expect(summary.counters.labelsAdded == 1)
    #expect(summary.counters.containsUpdates)
    #expect(!summary.counters.containsSystemUpdates)
    #expect(summary.availableAfter == .milliseconds(3))
    #expect(summary.consumedAfter == .milliseconds(5))
    #expect(summary.database == "graph")
  }

  @Test func whatTheServerSaysOfUpdatesCountsMoreThanTheNumbers() throws {
    let counters = try summary([
      "stats": ["nodes-created": 2, "contains-updates": false, "contains-system-updates": true]
    ])
    .counters
    #expect(!counters.containsUpdates)
    #expect(counters.containsSystemUpdates)
    let extreme = try summary(["stats": ["nodes-created": .int(.max), "nodes-deleted": .int(.max)]]).counters
    #expect(extreme.containsUpdates)
  }

  private let warning: BoltValue = [
    "code": "Neo.ClientNotification.Statement.X", "title": "t", "description": "d", "severity": "WARNING",
    "category": "HINT",
    "position": ["offset": 1, "line": 2, "column": 3],
  ]

  @Test func olderServersGetStatusesFromTheirNotifications() throws {
    let information: BoltValue = ["code": "c", "severity": "INFORMATION"]
    let end: [String: BoltValue] = ["notifications": [information, warning, 7]]
    let seen = try summary(end)
    #expect(seen.notifications.map(\.severity) == [.information, .warning])
    #expect(seen.notifications[1].position?.line == 2)
    #expect(seen.statuses.map(\.gqlStatus) == ["01N42", "00000", "03N42"])
    #expect(seen.statuses.map(\.description)[2] == "info: unknown notification")
    #expect(try summary(end, sawRecords: false).statuses.map(\.gqlStatus) == ["02000", "01N42", "03N42"])
    #expect(try summary([:], columns: [], sawRecords: false).statuses.map(\.gqlStatus) == ["00001"])
    #expect(try summary([:], sawRecords: nil).statuses.map(\.gqlStatus) == ["02N42"])
  }

  @Test func newerServersSendStatusesOfWhichSomeAreNotifications() throws {
    let success: BoltValue = ["gql_status": "00000", "status_description": "note: successful completion"]
    let notice: BoltValue = [
      "gql_status": "01N50", "status_description": "warn", "neo4j_code": "Neo.X", "title": "t", "description": "d",
      "diagnostic_record": ["_severity": "WARNING", "_classification": "UNRECOGNIZED", "OPERATION": "op"],
    ]
    let summary = try summary(["statuses": [success, notice, "nonsense"]])
    #expect(summary.statuses.map(\.gqlStatus) == ["00000", "01N50"])
    #expect(summary.statuses.map(\.isNotification) == [false, true])
    #expect(summary.statuses[0].diagnosticRecord == ["OPERATION": "", "OPERATION_CODE": "0", "CURRENT_SCHEMA": "/"])
    #expect(summary.statuses[1].diagnosticRecord["OPERATION"] == "op")
    #expect(summary.notifications.map(\.category) == [.unrecognized])
  }

  @Test func plansAreTrees() throws {
    let leaf: BoltValue = ["operatorType": "Scan", "identifiers": ["n"], "args": ["a": 1], "dbHits": 7, "rows": 3]
    let summary = try summary(["profile": ["operatorType": "Result", "children": [leaf]]])
    let plan = try #require(summary.profile)
    #expect(plan.operatorType == "Result")
    #expect(plan.children.map(\.databaseHits) == [7])
    #expect(plan.children[0].identifiers == ["n"])
    #expect(summary.plan == plan)
    #expect(try self.summary(["plan": 7]).plan == nil)
  }

  @Test func wordsThatAreNewerThanTheDriverAreKeptAsTheyCame() throws {
    let strange: BoltValue = ["code": "c", "severity": "GRAVE", "category": "WEATHER"]
    let silent: BoltValue = ["code": "c"]
    let seen = try summary(["notifications": [strange, silent]])
    #expect(seen.notifications.map(\.severity) == [.unknown, .unknown])
    #expect(seen.notifications.map(\.rawSeverity) == ["GRAVE", nil])
    #expect(seen.notifications.map(\.category) == [.unknown, .unknown])
    #expect(seen.notifications.map(\.rawCategory) == ["WEATHER", nil])
    let status = seen.statuses[1]
    #expect(status.rawSeverity == "GRAVE" && status.severity == .unknown && status.isNotification)
    #expect(status.rawClassification == "WEATHER" && status.classification == .unknown)
    #expect(seen.statuses[2].diagnosticRecord.keys.sorted() == ["CURRENT_SCHEMA", "OPERATION", "OPERATION_CODE"])
  }

  @Test func aListThatIsEmptyIsNotNoList() throws {
    #expect(try summary(["notifications": []]).hasNotificationList)
    #expect(try summary(["statuses": []]).hasNotificationList)
    #expect(try !summary([:]).hasNotificationList)
  }

  @Test func anUnknownTypeOfQueryIsAViolation() throws {
    let error = #expect(throws: BoltError.self) { try summary(["type": "wr"]) }
    #expect(error?.code == .protocolViolation)
    #expect(try summary([:]).queryType == nil)
  }
}
