import Synchronization
import Testing

@testable import BoltDriver

/// The scenarios of the real server's own list of what a Bolt driver needs from it, by their numbers there. Those that
/// take a server of their own (TLS demanded) are with the integration tests; those that no driver can ask for (a request
/// before the login) are left out.
@Suite("Conformance with the real server")
struct ConformanceTests {
  private static func number(of label: String, _ driver: Driver, database: String? = nil) async throws -> Int {
    try await driver.executeQuery(
      "MATCH (n:\(label: label)) RETURN count(n) AS n", database: database, accessMode: .read
    ).records[0].get("n")
  }

  // MARK: - Connection and login

  @Test("CONN-001: bolt:// connects")
  func plain() async throws {
    try await GraphServer.withDriver { driver in
      let server = try await driver.verifyConnectivity()
      #expect(server.agent.contains("ArcadeDB"))
    }
  }

  @Test(
    "CONN-003: neo4j:// finds that one node is reader, writer and router",
    arguments: [
      BoltURI.Scheme.neo4j, .neo4jSelfSigned,
    ])
  func routing(_ scheme: BoltURI.Scheme) async throws {
    let label = GraphServer.uniqueLabel()
    try await GraphServer.withDriver({ $0.uri.scheme = scheme }) { driver in
      try await driver.executeWrite { try await $0.run("CREATE (:\(label: label))").consume() }
      let seen = try await driver.executeRead { transaction in
        try await transaction.run("MATCH (n:\(label: label)) RETURN count(n) AS n").single().get("n", as: Int.self)
      }
      #expect(seen == 1)
      #expect(try await Self.number(of: label, driver, database: GraphServer.databases[1]) == 0)
    }
  }

  @Test("CONN-005: where TLS is a matter of choice, plain text and TLS both get in")
  func optionalTLS() async throws {
    for scheme in [BoltURI.Scheme.bolt, .boltSelfSigned] {
      try await GraphServer.withDriver({ $0.uri.scheme = scheme }) { driver in
        let answer = try await driver.executeQuery("RETURN 1 AS x").records.first?["x"]
        #expect(answer == 1)
      }
    }
  }

  @Test("AUTH-001: with the right password queries run")
  func rightPassword() async throws {
    try await GraphServer.withDriver { driver in
      let answer = try await driver.executeQuery("RETURN 1 AS x").records.first?["x"]
      #expect(answer == 1)
    }
  }

  @Test(
    "AUTH-002, AUTH-003: a wrong password, an unknown user, none at all, and a token are refused",
    arguments: [
      .basic("root", password: "not the password"), .basic("nobody", password: "graphdb-test"), .unauthenticated,
      .bearer("token-s3cret"),
    ] as [AuthToken])
  func refusedLogin(_ auth: AuthToken) async throws {
    try await GraphServer.withDriver({ $0.auth = auth }) { driver in
      let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") }
      #expect(error?.code.rawValue == "Neo.ClientError.Security.Unauthorized", "\(String(describing: error))")
      #expect(error?.isRetryable == false)
      for secret in ["not the password", "s3cret"] { #expect(error.map { "\($0)".contains(secret) } == false) }
      #expect(driver.poolMetrics[0].created == 0)
    }
  }

  // MARK: - Transactions

  @Test("TX-001: a query of its own returns its rows")
  func autoCommit() async throws {
    try await GraphServer.withDriver { driver in
      let rows = try await driver.withSession { session in
        try await session.run("UNWIND [1, 2, 3] AS n RETURN n").collect().map { try $0.get("n", as: Int.self) }
      }
      #expect(rows == [1, 2, 3])
    }
  }

  @Test("TX-002, TX-003: what is committed is seen, what is rolled back is not")
  func explicit() async throws {
    let label = GraphServer.uniqueLabel()
    try await GraphServer.withDriver { driver in
      try await driver.withSession { session in
        let kept = try await session.beginTransaction()
        try await kept.run("CREATE (:\(label: label))").consume()
        #expect(try await Self.number(of: label, driver) == 0)
        try await kept.commit()
        #expect(try await Self.number(of: label, driver) == 1)
        let dropped = try await session.beginTransaction()
        try await dropped.run("CREATE (:\(label: label))").consume()
        try await dropped.rollback()
        #expect(try await Self.number(of: label, driver) == 1)
      }
    }
  }

  @Test("TX-004: managed work is committed when it returns")
  func managed() async throws {
    let label = GraphServer.uniqueLabel()
    try await GraphServer.withDriver { driver in
      let made = try await driver.executeWrite { transaction in
        try await transaction.run("CREATE (n:\(label: label)) RETURN 7 AS x").single().get("x", as: Int.self)
      }
      #expect(made == 7)
      #expect(try await Self.number(of: label, driver) == 1)
    }
  }

  @Test("TX-005, ERR-004: a conflict of writers has a transient code, and managed work is run again after it")
  func conflict() async throws {
    let label = GraphServer.uniqueLabel()
    try await GraphServer.withDriver { driver in
      try await driver.executeQuery("CREATE (:\(label: label) {count: 0})")
      let increment: Query = try "MATCH (n:\(label: label)) SET n.count = n.count + 1"
      // The one that commits later has lost.
      let error = await #expect(throws: BoltError.self) {
        try await driver.withSession { session in
          try await session.withTransaction { transaction in
            try await transaction.run(increment).consume()
            try await driver.executeQuery(increment)
          }
        }
      }
      #expect(error?.code.rawValue == "Neo.TransientError.Transaction.DeadlockDetected")
      #expect(error?.isRetryable == true && error?.classification == .transient)

      var attempts = 0
      try await driver.executeWrite { transaction in
        attempts += 1
        try await transaction.run(increment).consume()
        if attempts == 1 { try await driver.executeQuery(increment) }
      }
      #expect(attempts == 2)
      #expect(driver.transactionMetrics.retries == ["Neo.TransientError.Transaction.DeadlockDetected": 1])
      let count = try await driver.executeQuery("MATCH (n:\(label: label)) RETURN n.count AS n").records[0]["n"]
      #expect(count == 3, "each commit counts once")
    }
  }

  @Test("CAUSAL-001: a session that is given a bookmark sees what it stands for")
  func bookmarks() async throws {
    let label = GraphServer.uniqueLabel()
    try await GraphServer.withDriver { driver in
      let bookmarks = try await driver.withSession { session in
        try await session.executeWrite { try await $0.run("CREATE (:\(label: label))").consume() }
        return session.lastBookmarks
      }
      #expect(!bookmarks.isEmpty)
      let seen = try await driver.executeRead(SessionConfiguration(bookmarks: bookmarks)) { transaction in
        try await transaction.run("MATCH (n:\(label: label)) RETURN count(n) AS n").single().get("n", as: Int.self)
      }
      #expect(seen == 1)
    }
  }

  @Test("MDB-001, MDB-002: a session reads its database and no other, on the same connections")
  func databases() async throws {
    let label = GraphServer.uniqueLabel()
    let (one, other) = (GraphServer.databases[0], GraphServer.databases[1])
    try await GraphServer.withDriver({ $0.maximumPoolSize = 1 }) { driver in
      for round in 1...3 {
        try await driver.executeWrite(SessionConfiguration(database: one)) { transaction in
          try await transaction.run("CREATE (:\(label: label))").consume()
        }
        #expect(try await Self.number(of: label, driver, database: other) == 0)
        #expect(try await Self.number(of: label, driver, database: one) == round)
        #expect(try await Self.number(of: label, driver) == round, "the driver's own database")
      }
      #expect(driver.poolMetrics[0].created == 1)
    }
  }

  // MARK: - Results

  @Test("RESULT-001, RESULT-002: rows come by as many as are asked for, in order")
  func fetching() async throws {
    try await GraphServer.withDriver({ $0.fetchSize = 3 }) { driver in
      try await driver.withSession { session in
        let result = try await session.run("UNWIND range(1, 10) AS n RETURN n")
        var rows: [Int] = []
        for try await record in result {
          rows.append(try record.get("n"))
          // As long as there are more, the connection is this result's.
          if rows.count < 9 { #expect(driver.poolMetrics[0].inUse == 1) }
        }
        #expect(rows == Array(1...10))
        #expect(driver.poolMetrics[0].inUse == 0)
      }
    }
  }

  @Test("RESULT-003, PROTO-003: what is left of a result is dropped, and the connection goes on")
  func dropping() async throws {
    try await GraphServer.withDriver({
      $0.fetchSize = 3
      $0.maximumPoolSize = 1
    }) { driver in
      try await driver.withSession { session in
        let result = try await session.run("UNWIND range(1, 1000) AS n RETURN n")
        var iterator = result.makeAsyncIterator()
        #expect(try await iterator.next()?["n"] == 1)
        try await result.consume()
        #expect(try await session.run("RETURN 2 AS x").single()["x"] == 2)
      }
      // By a RESET: whoever is cancelled waits for nothing.
      let isRead = Lock(false)
      let task = Task {
        try await driver.withSession { session in
          for try await _ in try await session.run("UNWIND range(1, 1000) AS n RETURN n") {
            isRead.withLock { $0 = true }
            try await Task.sleep(for: .seconds(3600))
          }
        }
      }
      try await soon("a row is read") { isRead.withLock { $0 } }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(try await driver.executeQuery("RETURN 3 AS x").records.first?["x"] == 3)
      #expect(driver.poolMetrics[0].created == 1)
    }
  }

  @Test("RESULT-004: the counters tell what was written")
  func counters() async throws {
    let label = GraphServer.uniqueLabel()
    try await GraphServer.withDriver { driver in
      let made = try await driver.executeQuery(
        "CREATE (:\(label: label) {a: 1, b: 2})-[:NEXT {c: 3}]->(:\(label: label))"
      ).summary.counters
      #expect(made.nodesCreated == 2 && made.relationshipsCreated == 1 && made.propertiesSet == 3)
      #expect(made.labelsAdded == 2 && made.containsUpdates)
      let deleted = try await driver.executeQuery("MATCH (n:\(label: label)) DETACH DELETE n").summary.counters
      #expect(deleted.nodesDeleted == 2 && deleted.relationshipsDeleted == 1)
      let read = try await driver.executeQuery("RETURN 1", accessMode: .read).summary
      #expect(read.counters == QueryCounters() && read.queryType == .read)
    }
  }

  // MARK: - Types

  /// Stores a value, and reads the property and the parameter.
  private static func stored(_ value: BoltValue, _ driver: Driver) async throws -> (BoltValue?, BoltValue?) {
    let label = GraphServer.uniqueLabel()
    let record = try await driver.executeQuery(
      "CREATE (n:\(label: label) {v: \(value)}) RETURN n.v AS stored, \(value) AS echo"
    ).records[0]
    return (record["stored"], record["echo"])
  }

  @Test("TYPE-001, TYPE-002, TYPE-003: nodes, relationships and paths, in order")
  func graph() async throws {
    let label = GraphServer.uniqueLabel()
    try await GraphServer.withDriver { driver in
      try await driver.executeQuery(
        "CREATE (:\(label: label) {n: 1})-[:A]->(:\(label: label) {n: 2})<-[:B]-(:\(label: label) {n: 3})")
      let record = try #require(
        try await driver.executeQuery(
          "MATCH p = (a:\(label: label) {n: 1})-[r]->()<-[]-({n: 3}) RETURN a, r, p"
        ).records.first)
      let (a, r) = (try record.get("a", as: BoltNode.self), try record.get("r", as: BoltRelationship.self))
      let path = try record.get("p", as: BoltPath.self)
      #expect(a.labels == [label] && a["n"] == 1)
      #expect(r.type == "A" && r.startElementID == a.elementID)
      #expect(path.nodes.map { $0["n"] } == [1, 2, 3])
      #expect(path.relationships.map(\.type) == ["A", "B"])
      #expect(path.relationships[1].startElementID == path.end.elementID, "walked against its direction")
    }
  }

  @Test("TYPE-004 to TYPE-012: every type as property and as parameter")
  func types() async throws {
    let date = try #require(BoltDate(year: 2026, month: 7, day: 21))
    let time = try #require(BoltLocalTime(hour: 13, minute: 5, second: 1, nanosecond: 7))
    let values: [BoltValue] = [
      .bytes([0, 1, 255]), [1, [2, 3]], .date(date), .localTime(time),
      .localDateTime(try #require(BoltLocalDateTime(date: date, time: time))),
      .duration(BoltDuration(months: 1, days: 2, seconds: 3, nanoseconds: 4)), .point(BoltPoint(x: 1.5, y: -2)),
      .point(BoltPoint(longitude: 18.07, latitude: 59.33)), .null,
    ]
    try await GraphServer.withDriver { driver in
      for value in values {
        let (stored, echo) = try await Self.stored(value, driver)
        #expect(stored == value && echo == value, "\(value.typeName)")
      }
      // A map is a parameter, and no property.
      let map: BoltValue = ["a": [1, ["b": nil]]]
      #expect(try await driver.executeQuery("RETURN \(map) AS x").records.first?["x"] == map)
      // A point in time that the query itself writes keeps its offset.
      let written = try await driver.executeQuery("RETURN datetime('2026-07-21T13:05:00+02:00') AS x").records[0]
      let instant = try written.get("x", as: BoltDateTime.self)
      #expect(instant.zone == .offset(seconds: 7200) && "\(instant)" == "2026-07-21T13:05:00+02:00")
    }
  }

  // MARK: - Errors

  @Test(
    "ERR-001, ERR-002: errors have their codes, and the connection goes on",
    arguments: [
      ("RETRUN 1", "SyntaxError"), ("RETURN nosuch", "SemanticError"), ("RETURN $missing", "ParameterMissing"),
      ("RETURN 1/0", "ArithmeticError"),
    ])
  func errors(_ query: String, _ title: String) async throws {
    try await GraphServer.withDriver({ $0.maximumPoolSize = 1 }) { driver in
      let error = await #expect(throws: BoltError.self) { try await driver.executeQuery(Query(query)) }
      #expect(error?.code.rawValue == "Neo.ClientError.Statement.\(title)")
      #expect(error?.classification == .client && error?.isRetryable == false)
      let answer = try await driver.executeQuery("RETURN 1 AS x").records.first?["x"]
      #expect(answer == 1)
      #expect(driver.poolMetrics[0].created == 1)
    }
  }

  @Test("A unique key that is taken is refused as such, also in a transaction")
  func uniqueness() async throws {
    let label = GraphServer.uniqueLabel()
    try await GraphServer.withDriver { driver in
      try await driver.executeQuery("CREATE CONSTRAINT IF NOT EXISTS FOR (n:\(label: label)) REQUIRE n.key IS UNIQUE")
      try await driver.executeQuery("CREATE (:\(label: label) {key: 1})")
      for _ in 0..<2 {
        let error = await #expect(throws: BoltError.self) {
          try await driver.executeWrite { try await $0.run("CREATE (:\(label: label) {key: 1})").consume() }
        }
        #expect(error?.code.rawValue == "Neo.ClientError.Schema.ConstraintValidationFailed")
      }
      #expect(try await Self.number(of: label, driver) == 1)
    }
  }

  @Test("Two that MERGE one relation at the same time make it once, if its key is unique")
  func relationRace() async throws {
    let label = GraphServer.uniqueLabel()
    let races = 200
    try await GraphServer.withDriver({ $0.maximumRetryTime = .zero }) { driver in
      try await driver.executeQuery("CREATE CONSTRAINT IF NOT EXISTS FOR (n:\(label: label)) REQUIRE n.key IS UNIQUE")
      try await driver.executeQuery(
        "CREATE CONSTRAINT IF NOT EXISTS FOR ()-[r:\(label: "\(label)R")]-() REQUIRE r.key IS UNIQUE")
      try await driver.executeQuery("UNWIND range(0, \(races)) AS n CREATE (:\(label: label) {key: n})")
      for race in 1...races {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<2 { group.addTask { try await Self.merge(race, label: label, driver) } }
          try await group.waitForAll()
        }
      }
      let relations = try await driver.executeQuery(
        "MATCH (:\(label: label))-[r:\(label: "\(label)R")]->(:\(label: label)) RETURN r.key AS key ORDER BY key"
      ).records
      #expect(try relations.map { try $0.get("key", as: Int.self) } == Array(1...races))
      try await driver.executeQuery("MATCH (n:\(label: label)) DETACH DELETE n")
    }
  }

  /// Makes one relation, and does it again when the other one was in the way.
  private static func merge(_ key: Int, label: String, _ driver: Driver) async throws {
    let query: Query = try """
    MATCH (a:\(label: label) {key: 0}) MATCH (b:\(label: label) {key: \(key)})
    MERGE (a)-[r:\(label: "\(label)R") {key: \(key)}]->(b)
    """
    for attempt in 1... {
      do {
        return try await driver.executeWrite { _ = try await $0.run(query).consume() }
      } catch let error as BoltError {
        let isTaken = error.code.rawValue == "Neo.ClientError.Schema.ConstraintValidationFailed"
        guard isTaken || error.isRetryable, attempt < 50 else { throw error }
      }
    }
  }
}
