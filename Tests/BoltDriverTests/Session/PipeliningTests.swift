import Testing

@testable import BoltDriver

/// How much is sent before the server has answered.
@Suite struct PipeliningTests {
  /// A server of which each query has `count` records, handed out as asked for.
  private func server(_ count: Int) async throws -> ScriptedServer {
    let source = RecordSource(count)
    return try await ScriptedServer.start { request in
      switch request.kind {
      case .run:
        source.rewind()
        return nil
      case .pull:
        guard case .map(let extra)? = request.fields.first, case .int(let n)? = extra["n"] else { return nil }
        let records = source.take(n).map { ScriptedServer.Reply.record([.int(Int64($0))]) }
        return records + [.success(["has_more": .bool(!source.isEmpty), "type": "r"])]
      default: return nil
      }
    }
  }

  @Test(arguments: [AccessMode.read, .write])
  func executeQueryFetchesInPartsWhenToldTo(_ mode: AccessMode) async throws {
    let server = try await server(5)
    let driver = try server.driver { configuration in
      configuration.pipelining = .standard
      configuration.fetchSize = 2
    }
    let result = try await driver.executeQuery("MATCH", accessMode: mode)
    #expect(result.records.map { $0["x"] } == [0, 1, 2, 3, 4])
    #expect(server.requests(.pull).map(\.fields) == [[["n": 2]], [["n": -1]]])
    #expect(Array(server.requests.dropFirst(2)) == [.begin, .run, .pull, .pull, .commit])
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
  }

  @Test func executeQueryFetchesAllAtOnceOtherwise() async throws {
    let server = try await server(5)
    let driver = try server.driver { $0.fetchSize = 2 }
    #expect(try await driver.executeQuery("MATCH").records.count == 5)
    #expect(server.requests(.pull).map(\.fields) == [[["n": -1]]])
    await driver.close()
  }

  @Test func noBodyIsRunBeforeItsTransactionHasBegun() async throws {
    let server = try await ScriptedServer.start { request in
      request.kind == .begin ? [.failure("Neo.ClientError.Made.Up")] : nil
    }
    for pipelining in [Pipelining.full, .standard] {
      let driver = try server.driver { $0.pipelining = pipelining }
      var hasRun = false
      let error = await #expect(throws: BoltError.self) {
        try await driver.executeWrite { transaction in
          hasRun = true
          try await transaction.run("CREATE ()")
        }
      }
      #expect(error?.code.rawValue == "Neo.ClientError.Made.Up")
      #expect(hasRun == (pipelining == .full))
      await driver.close()
    }
  }

  @Test func aConnectionThatHasJustBeenMadeIsProofEnough() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    try await driver.verifyConnectivity()
    #expect(server.requests(.reset).isEmpty)
    try await driver.verifyConnectivity()
    #expect(server.requests(.reset).count == 1 && server.connections == 1)
    await driver.close()
  }

  @Test func version3KnowsNoPartOfAResult() async throws {
    let server = try await ScriptedServer.start(version: BoltVersion(3, 0)) { request in
      request.kind == .pull ? [.record([1]), .record([2]), .record([3]), .success(["type": "r"])] : nil
    }
    let driver = try server.driver { $0.fetchSize = 2 }
    try await driver.withSession { session in
      #expect(try await session.run("MATCH").collect().count == 3)
      let count = try await session.withTransaction { try await $0.run("MATCH").collect().count }
      #expect(count == 3)
    }
    #expect(server.requests(.pull).map(\.fields) == [[], []])
    await driver.close()
  }
}
