import Synchronization
import Testing

@testable import BoltDriver

/// What Bolt 5.5 to 6.0 brought, with servers that speak it.
@Suite struct NewestVersionTests {
  private static let vectors: [BoltVector] = [
    .int8([.min, -1, 0, .max]), .int16([.min, 258, .max]), .int32([.min, 0x0102_0304, .max]),
    .int64([.min, 0x0102_0304_0506_0708, .max]), .float32([0.1, -.infinity, .leastNonzeroMagnitude]),
    .float64([0.1, .greatestFiniteMagnitude, -0.0]), .int8([]), .float64([]),
    .int64(Array(repeating: 7, count: 4096)),
  ]

  /// The entries of a request's only map.
  private func entries(_ request: ScriptedServer.Request?) -> [String: BoltValue] {
    if case .map(let entries)? = request?.fields.last { entries } else { [:] }
  }

  // MARK: - Vectors

  @Test(arguments: vectors)
  func vectorsTravelBothWays(_ vector: BoltVector) async throws {
    let server = try await ScriptedServer.start(version: .v60) { request in
      request.kind == .pull ? [.record([.vector(vector)]), .success(["type": "r"])] : nil
    }
    let driver = try server.driver()
    let result = try await driver.executeQuery(Query("RETURN $x", parameters: ["x": .vector(vector)]))
    #expect(try result.records[0].get("x", as: BoltValue.self) == .vector(vector))
    #expect(server.requests(.run)[0].fields[1] == ["x": .vector(vector)])
    await driver.close()
    try await server.stop()
  }

  @Test func aVectorIsNotSentToAServerThatKnowsNone() async throws {
    let server = try await ScriptedServer.start(version: .v58)
    let driver = try server.driver()
    let error = await #expect(throws: BoltError.self) {
      try await driver.executeQuery(Query("RETURN $x", parameters: ["x": .vector(.float32([1]))]))
    }
    #expect(error?.code == .unsendableValue && error?.message.contains("6.0") == true, "\(String(describing: error))")
    #expect(server.requests(.begin).isEmpty && server.requests(.run).isEmpty && driver.poolMetrics[0].inUse == 0)
    #expect(try await driver.executeQuery("RETURN 1").records.count == 1)
    #expect(server.connections == 1)
    await driver.close()
    try await server.stop()
  }

  /// A RECORD with this as its only value, then one with 1.
  private static func records(_ value: [UInt8]) -> [ScriptedServer.Reply] {
    let message: [UInt8] = [0xB1, 0x71, 0x91] + value
    return [
      .bytes([UInt8(message.count >> 8), UInt8(message.count & 0xFF)] + message + [0, 0]), .record([1]),
      .success(["type": "r"]),
    ]
  }

  /// Vectors that are none: of types that nobody knows, and of bytes that are no whole number of numbers.
  @Test(
    arguments: [
      [0xB2, 0x56, 0xCC, 1, 0x00, 0xCC, 0], [0xB2, 0x56, 0xCC, 0, 0xCC, 0], [0xB2, 0x56, 0xCC, 2, 0xC8, 0xC8, 0xCC, 0],
      [0xB2, 0x56, 0xCC, 1, 0xC9, 0xCC, 1, 0], [0xB2, 0x56, 0xCC, 1, 0xCA, 0xCC, 3, 0, 0, 0],
      [0xB2, 0x56, 0xCC, 1, 0xCB, 0xCC, 7, 0, 0, 0, 0, 0, 0, 0], [0xB2, 0x56, 0xCC, 1, 0xC6, 0xCC, 5, 0, 0, 0, 0, 0],
      [0xB2, 0x56, 0xCC, 1, 0xC1, 0xCC, 4, 0, 0, 0, 0], [0xB2, 0x56, 1, 2], [0xB1, 0x56, 0xCC, 1, 0xC8],
      [0xB3, 0x56, 0xCC, 1, 0xC8, 0xCC, 0, 1],
    ] as [[UInt8]])
  func aVectorOfAWrongSizeFailsOnUseAlone(_ bytes: [UInt8]) async throws {
    let server = try await ScriptedServer.start(version: .v60) { request in
      request.kind == .pull ? Self.records(bytes) : nil
    }
    let driver = try server.driver()
    let records = try await driver.executeQuery("RETURN 1").records
    guard case .unsupported(let value) = try records[0].get("x", as: BoltValue.self) else {
      Issue.record("\(records[0]) was believed")
      return
    }
    #expect(value.tag == 0x56)
    #expect(throws: (any Error).self) { try records[0].get("x", as: [Double].self) }
    #expect(try records[1].get("x", as: Int.self) == 1)
    await driver.close()
    try await server.stop()
  }

  /// Before 6.0 the structure has no meaning.
  @Test func aVectorFromAServerThatMustNotSendOneFailsOnUse() async throws {
    let server = try await ScriptedServer.start(version: .v58) { request in
      request.kind == .pull ? Self.records([0xB2, 0x56, 0xCC, 1, 0xC8, 0xCC, 1, 7]) : nil
    }
    let driver = try server.driver()
    let records = try await driver.executeQuery("RETURN 1").records
    guard case .unsupported = try records[0].get("x", as: BoltValue.self) else {
      Issue.record("\(records[0]) was believed")
      return
    }
    #expect(try records[1].get("x", as: Int.self) == 1)
    await driver.close()
    try await server.stop()
  }

  @Test func aTypeThatTheServerReplacedSaysWhichVersionHasIt() async throws {
    let text = { (text: String) in [0x80 | UInt8(text.utf8.count)] + Array(text.utf8) }
    let value: [UInt8] = [0xB4, 0x3F] + text("UUID") + [6, 1, 0xA1] + text("message") + text("no such luck")
    let server = try await ScriptedServer.start(version: .v60) { request in
      request.kind == .pull ? Self.records(value) : nil
    }
    let driver = try server.driver()
    let records = try await driver.executeQuery("RETURN 1").records
    guard case .unsupported(let unsupported) = try records[0].get("x", as: BoltValue.self) else {
      Issue.record("\(records[0]) was believed")
      return
    }
    #expect(unsupported.name == "UUID" && unsupported.minimumVersion == BoltVersion(6, 1))
    #expect(unsupported.message == "no such luck")
    #expect(throws: (any Error).self) { try records[0].get("x", as: String.self) }
    #expect(try records[1].get("x", as: Int.self) == 1)
    // It is the server's word, and never goes back.
    let error = await #expect(throws: BoltError.self) {
      try await driver.executeQuery(Query("RETURN $x", parameters: ["x": .unsupported(unsupported)]))
    }
    #expect(error?.code == .unsendableValue)
    #expect(try await driver.executeQuery("RETURN 1").records.count == 2)
    await driver.close()
    try await server.stop()
  }

  // MARK: - Errors

  @Test func theChainOfCausesIsTold() async throws {
    let server = try await ScriptedServer.start(version: .v57) { request in
      guard request.kind == .run else { return nil }
      return [
        .failureOf([
          "neo4j_code": "Neo.ClientError.Statement.SyntaxError", "message": "outermost", "gql_status": "42001",
          "description": "error: syntax",
          "diagnostic_record": ["_classification": "CLIENT_ERROR", "OPERATION": "op", "CURRENT_SCHEMA": .null],
          "cause": [
            "message": "middle",
            "cause": ["gql_status": "22N01", "message": "innermost", "description": 7, "diagnostic_record": []],
          ],
        ])
      ]
    }
    let driver = try server.driver()
    let error = try #require(
      await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN") })
    #expect(error.code.rawValue == "Neo.ClientError.Statement.SyntaxError" && error.gqlStatus == "42001")
    let status = try #require(error.server?.status)
    #expect(status.description == "error: syntax" && status.classification == .client)
    // What is there is kept as it came, what is not there is filled in.
    #expect(
      status.diagnosticRecord == [
        "_classification": "CLIENT_ERROR", "OPERATION": "op", "OPERATION_CODE": "0", "CURRENT_SCHEMA": .null,
      ])
    // A cause that lacks its status does not hide those behind it.
    #expect(status.causes.map(\.message) == ["middle", "innermost"])
    #expect(status.causes.map(\.gqlStatus) == ["50N42", "22N01"])
    #expect(status.causes[1].diagnosticRecord == GQLStatus.defaultRecord && status.causes[1].description == "")
    #expect(status.causes[1].rawClassification == nil)
    await driver.close()
    try await server.stop()
  }

  @Test func aFailureWithoutItsStatusIsStillHeard() async throws {
    let server = try await ScriptedServer.start(version: .v60) { request in
      guard request.kind == .run else { return nil }
      return [
        .failureOf([
          "neo4j_code": "Neo.TransientError.Transaction.DeadlockDetected", "message": "dead",
          "cause": ["gql_status": "40N01", "message": "why"],
        ])
      ]
    }
    let driver = try server.driver()
    let error = try #require(
      await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") })
    #expect(error.isRetryable && error.gqlStatus == "50N42" && error.message == "dead")
    #expect(error.server?.status.causes.map(\.gqlStatus) == ["40N01"])
    await driver.close()
    try await server.stop()
  }

  // MARK: - Notifications

  @Test(arguments: [BoltVersion.v54, BoltVersion(5, 5), .v56, .v58, .v60])
  func filtersHaveTheNameOfTheirVersion(_ version: BoltVersion) async throws {
    let server = try await ScriptedServer.start(version: version)
    let filter = NotificationFilter(minimumSeverity: "WARNING", disabledCategories: ["HINT"])
    let driver = try server.driver { $0.notifications = filter }
    let own = NotificationFilter(disabledCategories: [])
    try await driver.withSession(SessionConfiguration(notifications: own)) {
      _ = try await $0.run("RETURN 1").collect()
    }
    let key = "notifications_disabled_" + (version < .v56 ? "categories" : "classifications")
    let hello = entries(server.requests(.hello).first)
    #expect(hello["notifications_minimum_severity"] == "WARNING" && hello[key] == ["HINT"])
    let run = entries(server.requests(.run).first)
    #expect(run[key] == [] && run["notifications_minimum_severity"] == nil)
    await driver.close()
    try await server.stop()
  }

  @Test(arguments: [BoltVersion.v56, .v60])
  func statusesKeepTheirOrderAndSomeAreNotifications(_ version: BoltVersion) async throws {
    let server = try await ScriptedServer.start(version: version) { request in
      guard request.kind == .pull else { return nil }
      let warning: BoltValue = [
        "gql_status": "01N50", "status_description": "warn: label", "neo4j_code": "Neo.ClientNotification.X",
        "title": "T", "description": "D",
        "diagnostic_record": [
          "_severity": "WARNING", "_classification": "UNRECOGNIZED",
          "_position": ["offset": 9, "line": 1, "column": 10],
        ],
      ]
      let success: BoltValue = ["gql_status": "00000", "status_description": "note: successful completion"]
      let future: BoltValue = [
        "gql_status": "03N99", "neo4j_code": "Neo.ClientNotification.Y",
        "diagnostic_record": ["_severity": "LOUD", "_classification": "TASTE"],
      ]
      return [.record([1]), .success(["type": "r", "statuses": [future, success, warning, 7]])]
    }
    let driver = try server.driver()
    let summary = try await driver.executeQuery("RETURN 1").summary
    #expect(summary.statuses.map(\.gqlStatus) == ["03N99", "00000", "01N50"])
    #expect(summary.statuses.map(\.isNotification) == [true, false, true])
    #expect(summary.statuses[0].severity == .unknown && summary.statuses[0].rawSeverity == "LOUD")
    #expect(summary.statuses[0].classification == .unknown && summary.statuses[0].rawClassification == "TASTE")
    #expect(summary.statuses[2].position?.column == 10)
    #expect(summary.notifications.map(\.code) == ["Neo.ClientNotification.Y", "Neo.ClientNotification.X"])
    #expect(summary.notifications[1].title == "T" && summary.notifications[1].category == .unrecognized)
    await driver.close()
    try await server.stop()
  }

  // MARK: - Hints

  @Test(
    arguments: [
      .null, 7, ["ssr.enabled": "yes", "telemetry.enabled": 1, "connection.recv_timeout_seconds": "60"],
      ["connection.recv_timeout_seconds": 0], ["connection.recv_timeout_seconds": -1],
      ["connection.recv_timeout_seconds": 9_223_372_036_854_775_807], ["unknown.hint": ["a": 1]],
    ] as [BoltValue])
  func hintsThatMakeNoSenseAreNone(_ hints: BoltValue) {
    let read = ConnectionHints(hello: ["hints": hints])
    #expect(read.receiveTimeoutSeconds == nil && !read.telemetry && !read.serverSideRouting)
  }

  @Test func hintsAreRead() {
    let read = ConnectionHints(
      hello: [
        "hints": ["connection.recv_timeout_seconds": 60, "telemetry.enabled": true, "ssr.enabled": true]
      ])
    #expect(read.receiveTimeoutSeconds == 60 && read.telemetry && read.serverSideRouting)
  }

  /// Before 5.4 nobody knows the message, whatever the hint says.
  @Test func telemetryIsOfFiveFour() async throws {
    for version in [BoltVersion.v53, .v54] {
      let server = try await ScriptedServer.start(version: version) { request in
        request.kind == .hello
          ? [.success(["server": "Neo4j/5.26.0", "hints": ["telemetry.enabled": true]])] : nil
      }
      let driver = try server.driver()
      try await driver.executeQuery("RETURN 1")
      #expect(server.requests(.telemetry).count == (version < .v54 ? 0 : 1))
      await driver.close()
      try await server.stop()
    }
  }
}
