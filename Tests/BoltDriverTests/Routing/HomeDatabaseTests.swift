import Synchronization
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

  private func routing(_ request: ScriptedServer.Request) -> [ScriptedServer.Reply]? {
    request.kind == .hello ? [.success(["server": "Neo4j/5.26.0", "hints": ["ssr.enabled": true]])] : nil
  }

  /// What a request in BEGIN's form says of the database and of the user.
  private func said(_ requests: [ScriptedServer.Request]) -> [[BoltValue?]] {
    requests.map { request in
      guard case .map(let extra)? = request.fields.last else { return [] }
      return [extra["db"], extra["imp_user"]]
    }
  }

  @Test func eachUserHasAHomeOfItsOwn() async throws {
    let cluster = try await ScriptedCluster.start(Self.usual, count: 2, version: .v58) { _, request in
      routing(request)
    }
    let driver = try cluster.driver()
    let users = [
      SessionConfiguration(), SessionConfiguration(impersonatedUser: "eve"),
      SessionConfiguration(auth: .basic("eve", password: "e")), SessionConfiguration(auth: .bearer("t")),
      SessionConfiguration(auth: .bearer("u")),
    ]
    for _ in 0..<2 {
      for user in users { try await driver.withSession(user) { try await read($0) } }
    }
    // Eve is Eve, whether she logs in or somebody else works in her name: asked for once.
    #expect(
      said(cluster.servers[0].requests(.route)) == [[nil, nil], [nil, "eve"], [nil, nil], [nil, nil]])
    let named: [[BoltValue?]] = [["home", nil], ["home", "eve"], [nil, nil], ["home", nil], ["home", nil]]
    let guessed: [[BoltValue?]] = [[nil, nil], [nil, "eve"], [nil, nil], [nil, nil], [nil, nil]]
    #expect(said(cluster.servers[1].requests(.begin)) == named + guessed)
    await driver.close()
  }

  /// What the server says about a guess holds for the rest of the session, whatever others are told meanwhile.
  @Test func aSessionThatGuessedStaysWhereTheServerPutIt() async throws {
    let home = Lock("first")
    let cluster = try await ScriptedCluster.start(Self.usual, count: 2, version: .v58) { _, request in
      guard request.kind == .begin, case .map(let extra)? = request.fields.first, extra["db"] == nil else {
        return routing(request)
      }
      return [.success(["db": .string(home.withLock { $0 })])]
    }
    let driver = try cluster.driver()
    try await driver.withSession { try await read($0) }
    try await driver.withSession { session in
      try await read(session)
      home.withLock { $0 = "second" }
      try await driver.withSession { try await read($0) }
      try await read(session)
    }
    #expect(
      said(cluster.servers[1].requests(.begin)).map { $0[0] } == ["home", nil, nil, "first"])
    await driver.close()
  }

  /// With one server there is nothing to guess for: the server knows, and what it says pins the session all the same.
  @Test func aDirectSessionIsPinnedByWhatTheServerSays() async throws {
    let server = try await ScriptedServer.start(version: .v58) { request in
      request.kind == .run ? [.success(["fields": ["x"], "db": "home"])] : nil
    }
    let driver = try server.driver()
    try await driver.withSession { session in
      for _ in 0..<2 { _ = try await session.run("RETURN 1").collect() }
    }
    #expect(said(server.requests(.run)).map { $0[0] } == [nil, "home"])
    await driver.close()
    try await server.stop()
  }
}
