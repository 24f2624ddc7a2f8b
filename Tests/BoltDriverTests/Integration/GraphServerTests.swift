import Testing

@testable import BoltDriver

/// The driver against a real server.
@Suite struct GraphServerTests {
  @Test func theServerAnswers() async throws {
    try await GraphServer.withDriver { driver in
      let info = try await driver.verifyConnectivity()
      #expect(info.protocolVersion >= .v50)
      #expect(!info.agent.isEmpty)
    }
  }

  @Test func everyValueComesBackAsItWent() async throws {
    #expect(EchoedValues.all.count >= 76)
    try await GraphServer.withDriver { driver in
      try await driver.withSession { session in
        for value in EchoedValues.all {
          let echo = try await session.run("RETURN \(value) AS x").single()["x"]
          #expect(echo == value)
        }
        let nan = try await session.run("RETURN \(Double.nan) AS x").single().get("x", as: Double.self)
        #expect(nan.isNaN)
      }
      // All at once as well: one message of some megabytes.
      let all = BoltValue.list(EchoedValues.all)
      #expect(try await driver.executeQuery("RETURN \(all) AS x").records.first?["x"] == all)
    }
  }

  @Test func nodesRelationshipsAndPathsAreRead() async throws {
    let label = GraphServer.uniqueLabel()
    try await GraphServer.withDriver { driver in
      let result = try await driver.executeQuery(
        """
        CREATE p = (a:\(label: label) {name: 'a', tags: ['x', 'y']})
          -[r:KNOWS {since: 2020}]->(b:\(label: label) {name: 'b'})
        RETURN p, a, r, b
        """)
      let record = try #require(result.records.first)
      let a = try record.get("a", as: BoltNode.self)
      let r = try record.get("r", as: BoltRelationship.self)
      let path = try record.get("p", as: BoltPath.self)
      #expect(a.labels == [label])
      #expect(a["tags"] == ["x", "y"])
      #expect(r.type == "KNOWS")
      #expect(r["since"] == 2020)
      #expect(r.startElementID == a.elementID)
      #expect(path.start.elementID == a.elementID)
      #expect(path.relationships.map(\.elementID) == [r.elementID])
      #expect(result.summary.counters.nodesCreated == 2)
      #expect(result.summary.counters.relationshipsCreated == 1)
      #expect(result.summary.counters.containsUpdates)
      struct Person: Decodable { var name: String; var tags: [String]? }
      let people = try await driver.executeQuery("MATCH (n:\(label: label)) RETURN n ORDER BY n.name")
      #expect(try people.decode(Person.self).map(\.name) == ["a", "b"])
    }
  }

  @Test func transactionsTakeEffectTogetherOrNotAtAll() async throws {
    let label = GraphServer.uniqueLabel()
    func count(_ driver: Driver) async throws -> Int {
      try await driver.executeQuery("MATCH (n:\(label: label)) RETURN count(n) AS n").records[0].get("n")
    }
    try await GraphServer.withDriver { driver in
      try await driver.withSession { session in
        try await session.withTransaction { transaction in
          for number in 0..<3 { _ = try await transaction.run("CREATE (n:\(label: label) {i: \(number)})") }
        }
        #expect(try await count(driver) == 3)
        struct Oops: Error {}
        await #expect(throws: Oops.self) {
          try await session.executeWrite { transaction in
            _ = try await transaction.run("CREATE (n:\(label: label))")
            throw Oops()
          }
        }
        #expect(try await count(driver) == 3)
        let transaction = try await session.beginTransaction()
        _ = try await transaction.run("MATCH (n:\(label: label)) DETACH DELETE n")
        try await transaction.rollback()
        #expect(try await count(driver) == 3)
      }
    }
  }

  @Test func resultsOfOneTransactionMayInterleave() async throws {
    try await GraphServer.withDriver({ $0.fetchSize = 3 }) { driver in
      try await driver.withSession { session in
        try await session.executeRead { transaction in
          var left = try await transaction.run("UNWIND range(1, 10) AS n RETURN n").makeAsyncIterator()
          var right = try await transaction.run("UNWIND range(101, 110) AS n RETURN n").makeAsyncIterator()
          for number in 1...10 {
            #expect(try await left.next()?["n"] == .int(Int64(number)))
            #expect(try await right.next()?["n"] == .int(Int64(number + 100)))
          }
          #expect(try await left.next() == nil)
          #expect(try await right.next() == nil)
        }
      }
    }
  }

  @Test func conflictsAreTriedAgainUntilAllAreCounted() async throws {
    let label = GraphServer.uniqueLabel()
    try await GraphServer.withDriver { driver in
      _ = try await driver.executeQuery("CREATE (n:\(label: label) {count: 0})")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            try await driver.withSession { session in
              for _ in 0..<5 {
                try await session.executeWrite { transaction in
                  _ = try await transaction.run("MATCH (n:\(label: label)) SET n.count = n.count + 1")
                }
              }
            }
          }
        }
        try await group.waitForAll()
      }
      let count = try await driver.executeQuery("MATCH (n:\(label: label)) RETURN n.count AS n").records[0]["n"]
      #expect(count == 20)
    }
  }

  @Test func databasesAreKeptApart() async throws {
    let label = GraphServer.uniqueLabel()
    try await GraphServer.withDriver { driver in
      for database in GraphServer.databases {
        _ = try await driver.executeQuery("CREATE (n:\(label: label) {at: \(database)})", database: database)
      }
      for database in GraphServer.databases {
        let found = try await driver.executeQuery("MATCH (n:\(label: label)) RETURN n.at AS at", database: database)
        #expect(found.records.map { $0["at"] } == [.string(database)])
      }
      let error = await #expect(throws: BoltError.self) {
        try await driver.executeQuery("RETURN 1", database: "nosuchdatabase")
      }
      #expect(error?.code.rawValue == "Neo.ClientError.Database.DatabaseNotFound")
    }
  }

  @Test(arguments: [
    ("RETRUN 1", "Neo.ClientError.Statement.SyntaxError"),
    ("RETURN $missing", "Neo.ClientError.Statement.ParameterMissing"),
    ("RETURN 1/0", "Neo.ClientError.Statement.ArithmeticError"),
  ])
  func errorsHaveTheirCodes(_ query: String, _ code: String) async throws {
    try await GraphServer.withDriver { driver in
      let error = await #expect(throws: BoltError.self) { try await driver.executeQuery(Query(query)) }
      #expect(error?.code.rawValue == code)
      #expect(error?.isRetryable == false)
      let next = try await driver.executeQuery("RETURN 1 AS x")
      #expect(next.records.count == 1)
    }
  }

  @Test func aWrongPasswordIsRefusedOnce() async throws {
    var configuration = try GraphServer.configuration()
    configuration.auth = .basic("root", password: "not the password")
    let driver = try Driver(configuration)
    let error = await #expect(throws: BoltError.self) { try await driver.verifyConnectivity() }
    #expect(error?.code.rawValue == "Neo.ClientError.Security.Unauthorized")
    #expect(!"\(String(describing: error))".contains("not the password"))
    await driver.close()
  }

  @Test func certificatesAreChecked() async throws {
    let authority = try #require(GraphServer.authority)
    var trusted = try GraphServer.configuration(.boltSecure)
    trusted.trust = .certificateFiles([authority])
    for configuration in [trusted, try GraphServer.configuration(.boltSelfSigned)] {
      let driver = try Driver(configuration)
      #expect(try await driver.executeQuery("RETURN 1 AS x").records.count == 1)
      await driver.close()
    }
    let untrusting = try Driver(GraphServer.configuration(.boltSecure))
    let error = await #expect(throws: BoltError.self) { try await untrusting.verifyConnectivity() }
    #expect(error?.code == .tlsFailure)
    await untrusting.close()
  }

  @Test func manyRecordsStreamThroughSmallFetches() async throws {
    try await GraphServer.withDriver({ $0.fetchSize = 500 }) { driver in
      try await driver.withSession { session in
        let result = try await session.run(
          "UNWIND range(1, 100000) AS n RETURN n, toString(n) AS text, n * 0.5 AS half")
        var sum: Int64 = 0
        for try await record in result {
          let (number, text, half) = try record.decode(Int64.self, String.self, Double.self)
          guard text == String(number), half == Double(number) / 2 else {
            Issue.record("\(number) came with \(text) and \(half)")
            return
          }
          sum += number
        }
        #expect(sum == 5_000_050_000)
      }
    }
  }

  @Test func manyTasksShareFewConnections() async throws {
    try await GraphServer.withDriver({ $0.maximumPoolSize = 5 }) { driver in
      try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<10_000 {
          group.addTask {
            try await driver.withSession { session in
              try await session.run("RETURN \(number) AS n").single().get("n")
            }
          }
        }
        var sum = 0
        for try await number in group { sum += number }
        #expect(sum == 9_999 * 10_000 / 2)
      }
      #expect(driver.poolMetrics[0].created <= 5)
    }
  }

  @Test func aCancelledQueryHarmsNobody() async throws {
    try await GraphServer.withDriver({ $0.maximumPoolSize = 2 }) { driver in
      for round in 0..<20 {
        let task = Task {
          try await driver.withSession { session in
            for try await _ in try await session.run("UNWIND range(1, 20000) AS n RETURN n") {}
          }
        }
        try await Task.sleep(for: .milliseconds(round))
        task.cancel()
        _ = await task.result
      }
      #expect(try await driver.executeQuery("RETURN 1 AS x").records.count == 1)
    }
  }
}
