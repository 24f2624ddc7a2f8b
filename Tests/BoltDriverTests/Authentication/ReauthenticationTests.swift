import Synchronization
import Testing

@testable import BoltDriver

/// Users that change on connections that stay.
@Suite struct ReauthenticationTests {
  private let ada = AuthToken.basic("ada", password: "a")

  /// Who is logged in by a request.
  private func principal(_ request: ScriptedServer.Request) -> BoltValue? {
    if case .map(let fields)? = request.fields.first { fields["principal"] } else { nil }
  }

  @Test func aSessionsOwnTokenIsUsedOnTheSameConnection() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    try await driver.executeQuery("RETURN 1")
    try await driver.executeQuery("RETURN 1", ExecuteQueryConfiguration(auth: ada))
    try await driver.withSession(SessionConfiguration(auth: ada)) { _ = try await $0.run("RETURN 1").collect() }
    try await driver.executeQuery("RETURN 1")
    #expect(server.connections == 1)
    #expect(server.requests(.logon).map(principal) == ["user", "ada", "user"])
    #expect(
      server.requests == [
        .hello, .logon, .begin, .run, .pull, .commit, .logoff, .logon, .begin, .run, .pull, .commit, .run, .pull,
        .logoff, .logon, .begin, .run, .pull, .commit,
      ])
    await driver.close()
  }

  @Test func aRefusedTokenOfASessionIsItsOwnTrouble() async throws {
    let server = try await ScriptedServer.start { request in
      guard request.kind == .logon, case .map(let fields)? = request.fields.first, fields["principal"] == "ada" else {
        return nil
      }
      return [.failure(BoltError.Code.unauthorized.rawValue), .close]
    }
    let driver = try server.driver()
    try await driver.executeQuery("RETURN 1")
    let error = await #expect(throws: BoltError.self) {
      try await driver.executeQuery("RETURN 1", ExecuteQueryConfiguration(auth: ada))
    }
    #expect(error?.code == .unauthorized)
    try await driver.executeQuery("RETURN 1")
    #expect(server.connections == 2 && driver.poolMetrics[0].inUse == 0)
    await driver.close()
  }

  /// A reset interrupts what stands before it, the change of users too: the connection is then the former user's.
  @Test func aChangeOfUsersThatIsInterruptedCountsForNothing() async throws {
    let hangs = Lock(true)
    let server = try await ScriptedServer.start { request in
      request.kind == .logoff && hangs.withLock { $0 } ? [] : nil
    }
    let driver = try server.driver()
    try await driver.executeQuery("RETURN 1")
    let query = ExecuteQueryConfiguration(auth: ada)
    let task = Task { try await driver.executeQuery("RETURN 1", query) }
    try await soon("the change of users hangs") { !server.requests(.logoff).isEmpty }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    hangs.withLock { $0 = false }
    try await soon("nothing is in use") { driver.poolMetrics[0].inUse == 0 }
    try await driver.executeQuery("RETURN 1", query)
    let last = try #require(server.requests(.run).last)
    let logins = server.requests(.logon).filter { $0.connection == last.connection }
    #expect(last.connection == 1 && logins.map(principal) == ["ada"])
    await driver.close()
  }

  @Test func aTokenThatCannotBeSentChangesNoUser() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    try await driver.executeQuery("RETURN 1")
    // Vectors are of Bolt 6.0; the server speaks 5.4.
    let token = AuthToken.custom(scheme: "plug-in", parameters: ["v": .vector(.int8([1]))])
    for _ in 0..<2 {
      let error = await #expect(throws: BoltError.self) {
        try await driver.executeQuery("RETURN 2", ExecuteQueryConfiguration(auth: token))
      }
      #expect(error?.code == .unsendableValue)
    }
    #expect(server.requests(.run).count == 1 && server.requests(.logoff).isEmpty)
    try await driver.executeQuery("RETURN 1")
    #expect(server.connections == 1 && driver.poolMetrics[0].inUse == 0)
    await driver.close()
  }

  @Test func beforeFiveOneASessionHasNoTokenOfItsOwn() async throws {
    let server = try await ScriptedServer.start(version: .v50)
    let driver = try server.driver()
    let error = await #expect(throws: BoltError.self) {
      try await driver.executeQuery("RETURN 1", ExecuteQueryConfiguration(auth: ada))
    }
    #expect(error?.code == .unsupportedFeature)
    #expect(try await driver.supportsSessionAuth() == false)
    #expect(try await driver.supportsMultiDatabase())
    await #expect(throws: BoltError.self) { try await driver.verifyAuthentication(ada) }
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
  }

  @Test func beforeFiveOneNoTokenOfASessionIsWrong() async throws {
    let server = try await ScriptedServer.start(version: .v50) { request in
      request.kind == .hello ? [.failure(BoltError.Code.unauthorized.rawValue), .close] : nil
    }
    let driver = try server.driver()
    let asked = await #expect(throws: BoltError.self) { try await driver.verifyAuthentication(ada) }
    #expect(asked?.code == .unsupportedFeature)
    let used = await #expect(throws: BoltError.self) {
      try await driver.executeQuery("RETURN 1", ExecuteQueryConfiguration(auth: ada))
    }
    #expect(used?.code == .unsupportedFeature)
    // The driver's own token may well be wrong.
    let own = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") }
    #expect(own?.code == .unauthorized)
    await driver.close()
  }

  @Test(arguments: [BoltVersion.v50, .v51])
  func aTokenThatChangesReachesEveryConnection(_ version: BoltVersion) async throws {
    let server = try await ScriptedServer.start(version: version)
    let current = Lock(AuthToken.basic("one", password: "1"))
    let asked = Lock(0)
    let driver = try server.driver { configuration in
      configuration.authTokenManager = Manager {
        asked.withLock { $0 += 1 }
        return current.withLock { $0 }
      }
    }
    try await driver.executeQuery("RETURN 1")
    current.withLock { $0 = .basic("two", password: "2") }
    try await driver.executeQuery("RETURN 1")
    #expect(server.connections == (version < .v51 ? 2 : 1))
    // Once for each connection that is looked at.
    #expect(asked.withLock { $0 } == (version < .v51 ? 3 : 2))
    let logins = server.requests(version < .v51 ? .hello : .logon).map(principal)
    #expect(logins == ["one", "two"])
    await driver.close()
  }

  @Test func anErrorThatTheManagerDealsWithIsTriedAgain() async throws {
    let server = try await ScriptedServer.start { request in
      guard request.kind == .begin, case .map(let fields)? = request.fields.first else { return nil }
      return fields["tx_metadata"] == ["n": 1] ? [.failure(BoltError.Code.tokenExpired.rawValue)] : nil
    }
    let heard = Lock<[(BoltError.Code, AuthToken)]>([])
    let fetched = Lock(0)
    let manager = Manager {
      .bearer("t\(fetched.withLock { $0 })")
    } handle: { error, token in
      heard.withLock { $0.append((error.code, token)) }
      fetched.withLock { $0 += 1 }
      return true
    }
    let driver = try server.driver { $0.authTokenManager = manager }
    let metadata = ExecuteQueryConfiguration(transaction: TransactionConfiguration(metadata: ["n": 1]))
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1", metadata) }
    #expect(error?.code == .tokenExpired && error?.isRetryable == true)
    // Asked once, although RUN and PULL failed with BEGIN.
    #expect(heard.withLock { $0.map(\.0) } == [.tokenExpired])
    #expect(heard.withLock { $0.first?.1 } == .bearer("t0"))
    try await driver.executeQuery("RETURN 1")
    let tokens = server.requests(.logon).map { request in
      if case .map(let fields)? = request.fields.first { fields["credentials"] } else { BoltValue?.none }
    }
    #expect(tokens == ["t0", "t1"])
    await driver.close()
  }

  @Test func aLoginThatTheManagerMendsIsTriedAgain() async throws {
    let server = try await ScriptedServer.start { request in
      guard request.kind == .logon, case .map(let fields)? = request.fields.first, fields["credentials"] == "t1" else {
        return nil
      }
      return [.failure(BoltError.Code.unauthorized.rawValue), .close]
    }
    let fetched = Lock(0)
    let driver = try server.driver { configuration in
      configuration.maximumRetryTime = .seconds(30)
      configuration.authTokenManager = BasicAuthTokenManager { .bearer("t\(fetched.withLock { $0 += 1; return $0 })") }
    }
    #expect(try await driver.executeQuery("RETURN 1").records.count == 1)
    #expect(fetched.withLock { $0 } == 2)
    await driver.close()
  }

  @Test func aManagerThatFailsIsToldAsTheCause() async throws {
    struct Oops: Error {}
    let server = try await ScriptedServer.start {
      $0.kind == .begin ? [.failure(BoltError.Code.unauthorized.rawValue)] : nil
    }
    let driver = try server.driver {
      $0.authTokenManager = Manager {
        .bearer("t")
      } handle: { _, _ in
        throw Oops()
      }
    }
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") }
    #expect(error?.code == .callbackFailed && error?.underlying is Oops)
    let none = try server.driver { $0.authTokenManager = Manager { throw Oops() } }
    await #expect(throws: Oops.self) { try await none.executeQuery("RETURN 1") }
    await driver.close()
    await none.close()
  }

  @Test(arguments: [BoltVersion.v50, .v54])
  func whenRightsExpireEveryConnectionLogsInAgain(_ version: BoltVersion) async throws {
    let failures = Lock(0)
    let server = try await ScriptedServer.start(version: version) { request in
      guard request.kind == .run, failures.withLock({ $0 }) > 0 else { return nil }
      failures.withLock { $0 -= 1 }
      return [.failure(BoltError.Code.authorizationExpired.rawValue)]
    }
    let driver = try server.driver()
    // Two connections that have both logged in.
    try await driver.withSession { one in
      try await driver.withSession { two in
        let (first, second) = (try await one.beginTransaction(), try await two.beginTransaction())
        try await first.rollback()
        try await second.rollback()
      }
    }
    #expect(server.connections == 2)
    failures.withLock { $0 = 1 }
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") }
    #expect(error?.code == .authorizationExpired && error?.isRetryable == true)
    for _ in 0..<2 {
      try await driver.withSession { one in
        try await driver.withSession { two in
          let (first, second) = (try await one.beginTransaction(), try await two.beginTransaction())
          try await first.rollback()
          try await second.rollback()
        }
      }
    }
    #expect(server.connections == (version < .v51 ? 4 : 2))
    #expect(server.requests(.logoff).count == (version < .v51 ? 0 : 2))
    await driver.close()
  }

  @Test func credentialsCanBeTried() async throws {
    let server = try await ScriptedServer.start { request in
      guard request.kind == .logon, case .map(let fields)? = request.fields.first else { return nil }
      switch fields["principal"] {
      case "eve": return [.failure(BoltError.Code.unauthorized.rawValue), .close]
      case "odd": return [.failure("Neo.ClientError.Security.MadeUp"), .close]
      default: return nil
      }
    }
    let driver = try server.driver()
    #expect(try await driver.verifyAuthentication(ada))
    // On a connection that has just been made the login is the proof, on one of the pool another login is.
    #expect(server.requests == [.hello, .logon])
    #expect(try await driver.verifyAuthentication(ada))
    #expect(server.requests == [.hello, .logon, .logoff, .logon])
    #expect(try await driver.verifyAuthentication(.basic("eve", password: "e")) == false)
    let error = await #expect(throws: BoltError.self) {
      try await driver.verifyAuthentication(.basic("odd", password: "e"))
    }
    #expect(error?.code.rawValue == "Neo.ClientError.Security.MadeUp")
    try await driver.executeQuery("RETURN 1")
    #expect(server.requests(.logon).last.map(principal) == "user")
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
  }
}

/// A manager of closures.
private struct Manager: AuthTokenManager {
  var give: @Sendable () async throws -> AuthToken
  var handle: @Sendable (BoltError, AuthToken) async throws -> Bool = { _, _ in false }

  init(
    _ give: @escaping @Sendable () async throws -> AuthToken,
    handle: @escaping @Sendable (BoltError, AuthToken) async throws -> Bool = { _, _ in false }
  ) {
    self.give = give
    self.handle = handle
  }

  func token() async throws -> AuthToken { try await give() }

  func handleSecurityError(_ error: BoltError, token: AuthToken) async throws -> Bool {
    try await handle(error, token)
  }
}
