import Testing

@testable import BoltDriver

/// What is different with servers before Bolt 4.4.
@Suite struct OlderVersionTests {
  private static let layout = ScriptedCluster.Layout(routers: [0], readers: [1], writers: [1], database: nil)

  /// A cluster that tells its table by a procedure.
  private func cluster(_ version: BoltVersion) async throws -> ScriptedCluster {
    let book = Box<ScriptedCluster>()
    let cluster = try await ScriptedCluster.start(Self.layout, count: 2, version: version) { number, request in
      guard number == 0 else { return nil }
      switch request.kind {
      case .run: return [.success(["fields": ["ttl", "servers"]])]
      case .pull: return [.record(book.value?.procedureRecord ?? []), .success(["type": "r"])]
      default: return nil
      }
    }
    book.value = cluster
    return cluster
  }

  @Test(arguments: [BoltVersion(4, 1), BoltVersion(4, 2)])
  func beforeFourThreeAProcedureTellsTheTable(_ version: BoltVersion) async throws {
    let cluster = try await cluster(version)
    let driver = try cluster.driver()
    for database in ["graph", nil] {
      try await driver.executeQuery("RETURN 1", database: database, accessMode: .read)
    }
    let context: BoltValue = ["address": .string(cluster.servers[0].address.description)]
    #expect(
      cluster.servers[0].requests(.run).map(\.fields) == [
        [
          "CALL dbms.routing.getRoutingTable($context, $database)", ["context": context, "database": "graph"],
          ["db": "system", "mode": "r"],
        ],
        [
          "CALL dbms.routing.getRoutingTable($context)", ["context": context],
          ["db": "system", "mode": "r", "bookmarks": ["bm"]],
        ],
      ])
    #expect(cluster.servers[1].requests(.commit).count == 2)
    await driver.close()
  }

  @Test func threeAsksForAllAndKnowsNoDatabases() async throws {
    let cluster = try await cluster(.v30)
    let driver = try cluster.driver()
    try await driver.executeQuery("RETURN 1", accessMode: .read)
    #expect(cluster.servers[0].requests(.run)[0].fields[0] == "CALL dbms.cluster.routing.getRoutingTable($context)")
    #expect(cluster.servers[0].requests(.run)[0].fields[2] == ["mode": "r"])
    #expect(cluster.servers[0].requests(.pull)[0].fields.isEmpty)
    guard case .map(let hello)? = cluster.servers[0].requests(.hello).first?.fields.first else {
      Issue.record("no HELLO")
      return
    }
    #expect(Set(hello.keys) == ["user_agent", "scheme", "principal", "credentials"])
    #expect(try await driver.supportsMultiDatabase() == false)
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1", database: "graph") }
    #expect(error?.code == .unsupportedFeature || error?.code == .serviceUnavailable)
    await driver.close()
  }

  @Test func filtersOfNotificationsNeedFiveTwo() async throws {
    let server = try await ScriptedServer.start(version: .v51)
    let filter = NotificationFilter(minimumSeverity: "OFF")
    let whole = try server.driver { $0.notifications = filter }
    #expect(
      await #expect(throws: BoltError.self) { try await whole.executeQuery("RETURN 1") }?.code == .unsupportedFeature)
    let driver = try server.driver()
    let error = await #expect(throws: BoltError.self) {
      try await driver.withSession(SessionConfiguration(notifications: filter)) { _ = try await $0.run("RETURN 1") }
    }
    #expect(error?.code == .unsupportedFeature)
    #expect(driver.poolMetrics[0].inUse == 0)
    await whole.close()
    await driver.close()
  }

  @Test func aServerOfAnotherProductIsRefused() async throws {
    let server = try await ScriptedServer.start { $0.kind == .hello ? [.success(["server": "neo4j/1"])] : nil }
    let driver = try server.driver()
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") }
    #expect(error?.code == .unsupportedServer && error?.isRetryable == false)
    #expect(server.requests(.run).isEmpty)
    await driver.close()
  }
}
