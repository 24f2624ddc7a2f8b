import Synchronization
import Testing

@testable import BoltDriver

/// Clusters of scripted servers, through the whole driver. Server 0 is the router.
@Suite struct RoutingTests {
  private static let usual = ScriptedCluster.Layout(routers: [0], readers: [1, 2], writers: [3])

  @Test func readsAndWritesGoToThoseWhoDoThem() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 4)
    let driver = try cluster.driver { $0.uri.routingContext = ["region": "eu"] }
    for _ in 0..<4 { try await driver.executeQuery("RETURN 1", database: "graph", accessMode: .read) }
    try await driver.executeQuery("CREATE ()", database: "graph")
    #expect(cluster.routes == 1)
    #expect(cluster.servers[0].requests(.run).isEmpty)
    #expect(cluster.servers[1].requests(.run).count == 2 && cluster.servers[2].requests(.run).count == 2)
    #expect(cluster.servers[3].requests(.begin).map(\.fields) == [[["db": "graph", "bookmarks": ["bm"]]]])
    let context: BoltValue = [
      "address": .string(cluster.servers[0].address.description), "region": "eu",
    ]
    let route = try #require(cluster.servers[0].requests(.route).first)
    #expect(route.fields == [context, [], ["db": "graph"]])
    guard case .map(let hello)? = cluster.servers[3].requests(.hello).first?.fields.first else {
      Issue.record("no HELLO")
      return
    }
    #expect(hello["routing"] == context)
    #expect(driver.poolMetrics.map(\.address).sorted() == cluster.servers.map(\.address.description).sorted())
    #expect(driver.poolMetrics.allSatisfy { $0.inUse == 0 })
    await driver.close()
  }

  @Test func aDirectDriverAsksForNoRouting() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    try await driver.executeQuery("RETURN 1")
    guard case .map(let hello)? = server.requests(.hello).first?.fields.first else {
      Issue.record("no HELLO")
      return
    }
    #expect(hello["routing"] == nil)
    #expect(throws: BoltError.self) { try server.driver { $0.uri.routingContext = ["a": "b"] } }
    await driver.close()
  }

  @Test func oneTableServesAllWhoWaitForIt() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 4)
    let driver = try cluster.driver()
    try await withThrowingTaskGroup { group in
      for _ in 0..<30 {
        group.addTask { try await driver.executeQuery("RETURN 1", database: "graph", accessMode: .read) }
      }
      try await group.waitForAll()
    }
    #expect(cluster.routes == 1)
    await driver.close()
  }

  @Test func aTableIsFetchedAgainWhenItsTimeIsOver() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 4)
    let clock = MovableClock()
    let driver = try cluster.driver { $0.clock = clock.clock }
    func read() async throws { try await driver.executeQuery("RETURN 1", database: "graph", accessMode: .read) }
    try await read()
    clock.move(by: .seconds(299))
    try await read()
    #expect(cluster.routes == 1)
    clock.move(by: .seconds(1))
    try await read()
    #expect(cluster.routes == 2)
    await driver.close()
  }

  @Test func aReaderThatIsGoneIsPassedOver() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 4)
    let driver = try cluster.driver()
    try await cluster.servers[1].stop()
    for _ in 0..<4 { try await driver.executeQuery("RETURN 1", database: "graph", accessMode: .read) }
    #expect(cluster.servers[2].requests(.run).count == 4)
    #expect(driver.routingTable(for: "graph")?.readers == [cluster.servers[2].address])
    #expect(cluster.routes == 1)
    await driver.close()
  }

  @Test func aLostConnectionExpiresTheSessionAndIsTriedElsewhere() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 4) { number, request in
      number == 1 && request.kind == .run ? [.close] : nil
    }
    let once = try cluster.driver()
    var codes: Set<BoltError.Code> = []
    for _ in 0..<2 {
      do {
        try await once.executeQuery("RETURN 1", database: "graph", accessMode: .read)
      } catch let error as BoltError {
        codes.insert(error.code)
        #expect(error.isRetryable)
      }
    }
    #expect(codes == [.sessionExpired])
    #expect(once.routingTable(for: "graph")?.readers == [cluster.servers[2].address])
    await once.close()
    let patient = try cluster.driver { $0.maximumRetryTime = .seconds(30) }
    for _ in 0..<3 { try await patient.executeQuery("RETURN 1", database: "graph", accessMode: .read) }
    await patient.close()
  }

  @Test(arguments: [BoltError.Code.notALeader, .forbiddenOnReadOnlyDatabase])
  func whenTheLeaderChangesTheNewOneIsAsked(_ code: BoltError.Code) async throws {
    let cluster = try await ScriptedCluster.start(
      ScriptedCluster.Layout(routers: [0], readers: [0], writers: [1]), count: 3
    ) { number, request in number == 1 && request.kind == .run ? [.failure(code.rawValue)] : nil }
    let driver = try cluster.driver { $0.maximumRetryTime = .seconds(30) }
    try await driver.withSession(SessionConfiguration(database: "graph")) { session in
      let attempts = Lock(0)
      try await session.executeWrite { transaction in
        if attempts.withLock({
          $0 += 1; return $0
        }) == 1 {
          cluster.change { $0.writers = [2] }
        }
        _ = try await transaction.run("CREATE ()")
      }
      #expect(attempts.withLock { $0 } == 2)
    }
    #expect(cluster.routes == 2 && cluster.servers[2].requests(.commit).count == 1)
    await driver.close()
  }

  @Test func aServerWithoutTheDatabaseIsGivenUp() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 4) { number, request in
      number == 3 && request.kind == .commit ? [.failure(BoltError.Code.databaseUnavailable.rawValue)] : nil
    }
    let driver = try cluster.driver()
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("CREATE ()", database: "graph") }
    #expect(error?.code == .databaseUnavailable && error?.isRetryable == true)
    #expect(driver.routingTable(for: "graph")?.writers == [])
    // The connection is reset and kept: it is the database that is not there.
    try await soon("reset") { driver.poolMetrics.allSatisfy { $0.inUse == 0 } }
    #expect(cluster.servers[3].requests(.reset).count == 1 && cluster.servers[3].requests(.goodbye).isEmpty)
    await driver.close()
  }

  @Test func withoutAReaderThereIsNothingToReadFrom() async throws {
    let cluster = try await ScriptedCluster.start(
      ScriptedCluster.Layout(routers: [0], readers: [1], writers: [2]), count: 3)
    let driver = try cluster.driver()
    let reader = cluster.servers[1].address
    try await cluster.servers[1].stop()
    let error = await #expect(throws: BoltError.self) {
      try await driver.executeQuery("RETURN 1", database: "graph", accessMode: .read)
    }
    #expect(error?.code == .readServiceUnavailable && error?.isRetryable == true)
    #expect((error?.underlying as? BoltError)?.address == reader.description)
    // A table without readers is asked for again, and the writer is there all the same.
    cluster.change { $0.readers = [2] }
    try await driver.executeQuery("RETURN 1", database: "graph", accessMode: .read)
    #expect(cluster.routes == 2 && cluster.servers[2].requests(.run).count == 1)
    await driver.close()
  }

  @Test func withoutAWriterTheSessionExpires() async throws {
    let cluster = try await ScriptedCluster.start(
      ScriptedCluster.Layout(routers: [0], readers: [1], writers: []), count: 2)
    let driver = try cluster.driver()
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("CREATE ()", database: "graph") }
    #expect(error?.code == .sessionExpired && error?.isRetryable == true)
    // The table is kept all the same: it can be read by.
    try await driver.executeQuery("RETURN 1", database: "graph", accessMode: .read)
    #expect(cluster.routes == 1)
    await driver.close()
  }

  @Test func aTableWithoutReadersIsNone() async throws {
    let cluster = try await ScriptedCluster.start(
      ScriptedCluster.Layout(routers: [0], readers: [], writers: [1]), count: 2)
    let driver = try cluster.driver()
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("CREATE ()", database: "graph") }
    #expect(error?.code == .serviceUnavailable)
    #expect(driver.routingTable(for: "graph") == nil)
    await driver.close()
  }

  @Test func anErrorAboutTheQuestionEndsTheSearch() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 4) { number, request in
      number == 0 && request.kind == .route ? [.failure("Neo.ClientError.Database.DatabaseNotFound")] : nil
    }
    let others = cluster.servers.map(\.address)
    let driver = try cluster.driver { $0.resolver = { _ in others } }
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("CREATE ()", database: "graph") }
    #expect(error?.code.rawValue == "Neo.ClientError.Database.DatabaseNotFound")
    #expect(cluster.routes == 1)
    await driver.close()
  }

  @Test func otherRoutersAreAskedWhenOneFails() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 4) { number, request in
      guard request.kind == .route, number != 3 else { return nil }
      return number == 0 ? [.failure("Neo.DatabaseError.General.Made.Up")] : [.success(["rt": 7])]
    }
    let others = cluster.servers.map(\.address)
    let asked = Lock<[ServerAddress]>([])
    let driver = try cluster.driver { configuration in
      configuration.resolver = { address in
        asked.withLock { $0.append(address) }
        return others
      }
    }
    try await driver.executeQuery("RETURN 1", database: "graph", accessMode: .read)
    #expect(cluster.routes == 4)
    #expect(asked.withLock { $0 } == [cluster.servers[0].address])
    await driver.close()
  }

  @Test func knownRoutersAreAskedBeforeTheFirstOne() async throws {
    let cluster = try await ScriptedCluster.start(
      ScriptedCluster.Layout(routers: [1], readers: [2], writers: [3]), count: 4)
    let driver = try cluster.driver()
    try await driver.updateRoutingTable(for: "graph")
    try await driver.updateRoutingTable(for: "graph")
    #expect(cluster.servers.map { $0.requests(.route).count } == [1, 1, 0, 0])
    try await cluster.servers[1].stop()
    try await driver.updateRoutingTable(for: "other")
    #expect(cluster.servers[0].requests(.route).count == 2)
    await driver.close()
  }

  @Test func aRouterThatSaysNothingCostsNoMoreThanTheTimeThereIs() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 4) { _, request in
      request.kind == .route ? [.noop] : nil
    }
    let driver = try cluster.driver { $0.routingTimeout = .milliseconds(300) }
    let begin = ContinuousClock.now
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1", database: "graph") }
    #expect(error?.code == .serviceUnavailable)
    #expect(begin.duration(to: .now) < .seconds(8))
    await driver.close()
  }

  @Test func serversThatNoTableNamesAreLeft() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 4)
    let driver = try cluster.driver()
    try await driver.executeQuery("CREATE ()", database: "graph")
    #expect(driver.poolMetrics.contains { $0.address == cluster.servers[3].address.description })
    cluster.change { $0.writers = [2] }
    try await driver.updateRoutingTable(for: "graph")
    #expect(!driver.poolMetrics.contains { $0.address == cluster.servers[3].address.description })
    try await soon("goodbye") { cluster.servers[3].requests(.goodbye).count == 1 }
    await driver.close()
  }

  @Test func aClosedDriverFindsNobody() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 4)
    let driver = try cluster.driver()
    await driver.close()
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") }
    #expect(error?.code == .closed && cluster.routes == 0)
  }

  @Test func anIdleConnectionThatIsDeadSaysNothingOfItsServer() async throws {
    let isDying = Lock(false)
    let cluster = try await ScriptedCluster.start(
      ScriptedCluster.Layout(routers: [0], readers: [1], writers: [1]), count: 2
    ) { number, request in
      number == 1 && request.kind == .reset && isDying.withLock { $0 } ? [.close] : nil
    }
    let driver = try cluster.driver { $0.livenessCheckIdle = .zero }
    try await driver.executeQuery("RETURN 1", database: "graph")
    isDying.withLock { $0 = true }
    try await driver.executeQuery("RETURN 1", database: "graph")
    #expect(cluster.servers[1].connections == 2 && cluster.routes == 1)
    #expect(driver.routingTable(for: "graph")?.writers == [cluster.servers[1].address])
    await driver.close()
  }

  @Test func whoIsCancelledWhileATableIsFetchedGoesOnAtOnce() async throws {
    let asked = Gate()
    let cluster = try await ScriptedCluster.start(Self.usual, count: 4) { _, request in
      guard request.kind == .route else { return nil }
      asked.open()
      return [.noop]
    }
    let driver = try cluster.driver()
    let work = Task { try await driver.executeQuery("RETURN 1", database: "graph") }
    await asked.wait()
    let begin = ContinuousClock.now
    work.cancel()
    await #expect(throws: CancellationError.self) { try await work.value }
    #expect(begin.duration(to: .now) < .seconds(8))
    await driver.close()
  }
}
