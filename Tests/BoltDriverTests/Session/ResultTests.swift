import Testing

@testable import BoltDriver

/// Queries against a scripted server: what travels, and what comes of it.
@Suite struct ResultTests {
  /// Serves `count` records by demand.
  private func serving(_ count: Int) -> ScriptedServer.Behaviour {
    let source = RecordSource(count)
    return { request in
      switch request.kind {
      case .run:
        source.rewind()
        return nil
      case .pull, .discard:
        guard case .map(let extra)? = request.fields.first, case .int(let n)? = extra["n"] else { return nil }
        let numbers = source.take(n)
        let records = request.kind == .pull ? numbers.map { ScriptedServer.Reply.record([.int(Int64($0))]) } : []
        return records + [.success(["has_more": .bool(!source.isEmpty), "type": "r", "bookmark": "b1"])]
      default: return nil
      }
    }
  }

  @Test func recordsAreFetchedAsTheyAreRead() async throws {
    let server = try await ScriptedServer.start(serving(5))
    let driver = try server.driver { $0.fetchSize = 2 }
    try await driver.withSession { session in
      let result = try await session.run("MATCH")
      #expect(result.keys == ["x"])
      var numbers: [Int] = []
      for try await record in result {
        numbers.append(try record.get("x"))
        #expect(server.requests(.pull).count == (numbers.count + 1) / 2)
      }
      #expect(numbers == [0, 1, 2, 3, 4])
      let summary = try await result.consume()
      #expect(summary.queryType == .read)
      #expect(summary.availableAfter == .milliseconds(1))
      #expect(summary.server.agent == "Neo4j/5.26.0-scripted")
      #expect(session.lastBookmarks == ["b1"])
      #expect(driver.poolMetrics[0].inUse == 0)
    }
    #expect(server.requests == [.hello, .logon, .run, .pull, .pull, .pull])
    await driver.close()
    try await soon("the driver says goodbye") { server.requests.last == .goodbye }
  }

  @Test func recordsAreDecodedAsTheyCome() async throws {
    struct Row: Decodable { var a: Int; var b: String? }
    let server = try await ScriptedServer.start { request in
      switch request.kind {
      case .run: [.success(["fields": ["a", "b"]])]
      case .pull: [.record([1, "x"]), .record([2, nil]), .success([:])]
      default: nil
      }
    }
    let driver = try server.driver()
    try await driver.withSession { session in
      var rows: [Row] = []
      for try await row in try await session.run("MATCH").decode(Row.self) { rows.append(row) }
      #expect(rows.map(\.a) == [1, 2])
      var tuples: [(Int, String?)] = []
      for try await (a, b) in try await session.run("MATCH").decode(Int.self, String?.self) { tuples.append((a, b)) }
      #expect(tuples.map(\.1) == ["x", nil])
    }
    await driver.close()
  }

  @Test func whatNobodyReadsIsDiscarded() async throws {
    let server = try await ScriptedServer.start(serving(1000))
    let driver = try server.driver { $0.fetchSize = 10 }
    try await driver.withSession { session in
      let result = try await session.run("MATCH")
      var iterator = result.makeAsyncIterator()
      #expect(try await iterator.next()?.get("x", as: Int.self) == 0)
      try await result.consume()
    }
    #expect(server.requests(.pull).count == 1)
    #expect(server.requests(.discard).count == 1)
    try await driver.withSession { session in _ = try await session.run("MATCH") }
    #expect(server.requests(.discard).count == 2)
    #expect(server.requests(.reset).isEmpty)
    #expect(driver.poolMetrics[0].inUse == 0)
    #expect(server.connections == 1)
    await driver.close()
  }

  @Test func aSecondQueryKeepsTheRecordsOfTheFirst() async throws {
    let server = try await ScriptedServer.start(serving(5))
    let driver = try server.driver { $0.fetchSize = 2 }
    try await driver.withSession { session in
      let first = try await session.run("MATCH")
      let second = try await session.run("MATCH")
      #expect(try await second.collect().count == 5)
      #expect(try await first.collect().count == 5)
    }
    await driver.close()
  }

  @Test func failuresCarryTheServersWords() async throws {
    let server = try await ScriptedServer.start { request in
      request.kind == .run ? [.failure("Neo.ClientError.Statement.SyntaxError", "no such word")] : nil
    }
    let driver = try server.driver()
    try await driver.withSession { session in
      let error = await #expect(throws: BoltError.self) { try await session.run("MTCH") }
      #expect(error?.code.rawValue == "Neo.ClientError.Statement.SyntaxError")
      #expect(error?.message == "no such word")
      #expect(error?.classification == .client)
      #expect(error?.address == server.address.description)
    }
    try await soon("the connection is reset") { driver.poolMetrics[0].idle == 1 }
    #expect(server.requests(.reset).count == 1)
    await driver.close()
  }

  @Test func aFailureAmongRecordsEndsThem() async throws {
    let server = try await ScriptedServer.start { request in
      request.kind == .pull ? [.record([1]), .failure("Neo.ClientError.Statement.ArithmeticError")] : nil
    }
    let driver = try server.driver()
    await #expect(throws: BoltError.self) {
      try await driver.withSession { session in
        let result = try await session.run("RETURN 1/0")
        _ = try await result.collect()
      }
    }
    // One that nobody reads is heard of when the session ends.
    await #expect(throws: BoltError.self) {
      try await driver.withSession { session in _ = try await session.run("RETURN 1/0") }
    }
    await driver.close()
    #expect(driver.poolMetrics[0].inUse == 0)
  }

  @Test func exactlyOneRecordCanBeDemanded() async throws {
    for count in 0...2 {
      let server = try await ScriptedServer.start(serving(count))
      let driver = try server.driver()
      try await driver.withSession { session in
        let result = try await session.run("MATCH")
        if count == 1 {
          #expect(try await result.single()["x"] == 0)
        } else {
          let error = await #expect(throws: BoltError.self) { try await result.single() }
          #expect(error?.code == .notSingle)
        }
      }
      await driver.close()
    }
  }

  @Test func recordsOfTheWrongWidthAreRefused() async throws {
    let server = try await ScriptedServer.start { request in
      request.kind == .pull ? [.record([1, 2]), .success([:])] : nil
    }
    let driver = try server.driver()
    try await driver.withSession { session in
      let result = try await session.run("MATCH")
      await #expect(throws: BoltError.self) { try await result.collect() }
    }
    await driver.close()
  }

  @Test func parametersThatCannotBeSentLeaveTheConnectionAlone() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    try await driver.withSession { session in
      let query = Query("RETURN $n", parameters: ["n": .node(BoltNode(elementID: "1"))])
      let error = await #expect(throws: BoltError.self) { try await session.run(query) }
      #expect(error?.code == .unsendableValue)
      _ = try await session.run("RETURN 1")
    }
    #expect(server.connections == 1)
    #expect(server.requests(.reset).isEmpty)
    await driver.close()
  }
}
