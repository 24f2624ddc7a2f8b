import Synchronization
import Testing

@testable import BoltDriver

@Suite struct RoutingMetricsTests {
  @Test func eachDatabasesTableTellsItsAgeAndSize() async throws {
    let cluster = try await ScriptedCluster.start(
      ScriptedCluster.Layout(routers: [0], readers: [1, 2], writers: [3]), count: 4)
    let time = Lock(ContinuousClock.now)
    let driver = try cluster.driver { $0.clock = DriverClock(now: { time.withLock { $0 } }) }
    #expect(driver.routingMetrics.isEmpty)
    try await driver.executeQuery("RETURN 1", database: "graph")
    time.withLock { $0 += .seconds(20) }
    try await driver.executeQuery("RETURN 1", database: "another")
    let tables = driver.routingMetrics
    #expect(tables.map(\.database) == ["another", "graph"])
    #expect(tables.map(\.age) == [.zero, .seconds(20)] && tables.allSatisfy { $0.timeToLive == .seconds(300) })
    #expect(tables.allSatisfy { $0.routers == 1 && $0.readers == 2 && $0.writers == 1 })
    await driver.close()
  }

  @Test func thereAreNoneWithoutRouting() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    try await driver.executeQuery("RETURN 1")
    #expect(driver.routingMetrics.isEmpty)
    await driver.close()
  }
}
