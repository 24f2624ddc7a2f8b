import Testing

@testable import BoltDriver

@Suite struct HomeDatabaseTests {
  private static let usual = ScriptedCluster.Layout(routers: [0], readers: [1], writers: [1])

  private func read(_ session: Session) async throws {
    try await session.executeRead { _ = try await $0.run("RETURN 1") }
  }

  @Test func aSessionKeepsTheHomeDatabaseItBeganWith() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 2)
    let driver = try cluster.driver()
    for home in ["one", "two"] {
      cluster.change { $0.database = home }
      try await driver.withSession { session in
        try await read(session)
        cluster.change { $0.database = "other" }
        try await read(session)
      }
    }
    #expect(cluster.routes == 2)
    #expect(cluster.servers[0].requests(.route).map { $0.fields.last } == [.map([:]), .map([:])])
    let databases = cluster.servers[1].requests(.begin).map { request in
      if case .map(let extra)? = request.fields.first { extra["db"] } else { BoltValue.null }
    }
    #expect(databases == ["one", "one", "two", "two"])
    await driver.close()
  }

  @Test func impersonationAsksForTheOtherUsersHome() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 2, version: .v44)
    let driver = try cluster.driver()
    try await driver.withSession(SessionConfiguration(impersonatedUser: "eve")) { try await read($0) }
    #expect(cluster.servers[0].requests(.route)[0].fields.last == ["imp_user": "eve"])
    #expect(cluster.servers[1].requests(.begin)[0].fields == [["mode": "r", "db": "home", "imp_user": "eve"]])
    await driver.close()
  }

  @Test(arguments: [BoltVersion.v43, .v30])
  func olderServersKnowNoImpersonation(_ version: BoltVersion) async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 2, version: version)
    let driver = try cluster.driver()
    let error = await #expect(throws: BoltError.self) {
      try await driver.withSession(SessionConfiguration(impersonatedUser: "eve")) { try await read($0) }
    }
    #expect(error?.code == .unsupportedFeature && error?.message.contains("eve") == true)
    #expect(cluster.routes == 0)
    await driver.close()
  }

  @Test func beforeFourFourTheServerKeepsTheNameToItself() async throws {
    var layout = Self.usual
    layout.database = nil
    let cluster = try await ScriptedCluster.start(layout, count: 2, version: .v43)
    let driver = try cluster.driver()
    for _ in 0..<3 { try await driver.withSession { try await read($0) } }
    #expect(cluster.routes == 1)
    #expect(cluster.servers[0].requests(.route)[0].fields.last == .null)
    #expect(cluster.servers[1].requests(.begin).map(\.fields) == Array(repeating: [["mode": "r"]], count: 3))
    await driver.close()
  }

  @Test func whatAServerToldSparesTheQuestionNextTime() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 2, version: .v58) { _, request in
      switch request.kind {
      case .hello: [.success(["server": "Neo4j/5.26.0", "hints": ["ssr.enabled": true]])]
      case .begin: [.success(["db": "moved"])]
      default: nil
      }
    }
    let driver = try cluster.driver()
    for _ in 0..<3 { try await driver.withSession { try await read($0) } }
    // The first asks for the home database; the second guesses, is told another name, and has its table fetched by it.
    #expect(
      cluster.servers[0].requests(.route).map { $0.fields.last } == [.map([:]), .map(["db": "moved"])])
    #expect(
      cluster.servers[1].requests(.begin).map(\.fields) == [
        [["mode": "r", "db": "home"]], [["mode": "r"]], [["mode": "r"]],
      ])
    await driver.close()
  }

  @Test func aGuessIsNotMadeWhereNobodyWouldRepairIt() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 2, version: .v58) { number, request in
      request.kind == .hello
        ? [.success(["server": "Neo4j/5.26.0", "hints": ["ssr.enabled": .bool(number == 0)]])] : nil
    }
    let driver = try cluster.driver()
    for _ in 0..<2 { try await driver.withSession { try await read($0) } }
    #expect(cluster.routes == 2)
    #expect(
      cluster.servers[1].requests(.begin).map(\.fields) == Array(repeating: [["mode": "r", "db": "home"]], count: 2))
    await driver.close()
  }

  @Test func aGuessWhoseDatabaseIsGoneIsForgotten() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 2, version: .v58) { _, request in
      switch request.kind {
      case .hello: [.success(["server": "Neo4j/5.26.0", "hints": ["ssr.enabled": true]])]
      case .begin: [.success(["db": "gone"])]
      case .route where request.fields.last == ["db": "gone"]: [.failure("Neo.ClientError.Database.DatabaseNotFound")]
      default: nil
      }
    }
    let driver = try cluster.driver()
    for _ in 0..<3 { try await driver.withSession { try await read($0) } }
    #expect(cluster.servers[1].requests(.commit).count == 3)
    await driver.close()
  }
}
