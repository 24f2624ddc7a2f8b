import Testing

@testable import BoltDriver

/// Callbacks of the program that do not return: they hold back what they decide on, and nothing else.
@Suite struct HungCallbackTests {
  private struct HungTokens: AuthTokenManager {
    let called = Gate()
    let end = Gate()

    func token() async throws -> AuthToken { .bearer("t") }

    func handleSecurityError(_ error: BoltError, token: AuthToken) async throws -> Bool {
      called.open()
      await end.wait()
      return true
    }
  }

  private struct HungBookmarks: BookmarkManager {
    let called = Gate()
    let end = Gate()

    func bookmarks() async throws -> Set<String> { [] }

    func updateBookmarks(previous: Set<String>, new: Set<String>) async throws {
      called.open()
      await end.wait()
    }
  }

  @Test func aHungManagerOfTokensKeepsNoConnection() async throws {
    let server = try await ScriptedServer.start { request in
      guard request.kind == .begin, case .map(let fields)? = request.fields.first else { return nil }
      return fields["tx_metadata"] == ["n": 1] ? [.failure(BoltError.Code.tokenExpired.rawValue)] : nil
    }
    let manager = HungTokens()
    let driver = try server.driver { $0.authTokenManager = manager }
    let refused = ExecuteQueryConfiguration(transaction: TransactionConfiguration(metadata: ["n": 1]))
    let work = Task { try await driver.executeQuery("RETURN 1", refused) }
    await manager.called.wait()
    work.cancel()
    await #expect(throws: CancellationError.self) { try await work.value }
    try await soon("the connection is given back", within: .seconds(20)) { driver.poolMetrics[0].inUse == 0 }
    // The next borrower is told what is its own.
    try await driver.executeQuery("RETURN 1")
    #expect(server.connections == 1 && server.requests(.reset).count == 1)
    manager.end.open()
    try await driver.executeQuery("RETURN 1")
    #expect(server.connections == 1 && driver.poolMetrics[0].inUse == 0)
    await driver.close()
  }

  @Test func aHungManagerOfBookmarksKeepsNoConnection() async throws {
    let server = try await ScriptedServer.start { request in
      request.kind == .pull ? [.record([1]), .success(["bookmark": "b1"])] : nil
    }
    let manager = HungBookmarks()
    let driver = try server.driver()
    let work = Task {
      try await driver.withSession(SessionConfiguration(bookmarkManager: manager)) { session in
        try await session.run("RETURN 1").collect()
      }
    }
    await manager.called.wait()
    work.cancel()
    await #expect(throws: CancellationError.self) { try await work.value }
    try await soon("the connection is given back", within: .seconds(20)) { driver.poolMetrics[0].inUse == 0 }
    manager.end.open()
    try await driver.executeQuery("RETURN 1")
    await driver.close()
  }

  @Test func whoWaitsForTheManagerIsToldThatItIsMended() async throws {
    let server = try await ScriptedServer.start { request in
      request.kind == .begin ? [.failure(BoltError.Code.tokenExpired.rawValue)] : nil
    }
    let manager = HungTokens()
    let driver = try server.driver { $0.authTokenManager = manager }
    let work = Task { try await driver.executeQuery("RETURN 1") }
    await manager.called.wait()
    // The server hangs up meanwhile: of what was refused before, that is not the cause.
    server.drop()
    try await soon("the connection is gone") { driver.poolMetrics[0].idle == 0 }
    manager.end.open()
    let error = await #expect(throws: BoltError.self) { try await work.value }
    #expect(error?.code == .tokenExpired && error?.isRetryable == true)
    await driver.close()
  }

  /// A server that cannot even be reset is given up when its time is over.
  @Test func aResetThatIsNotAnsweredFailsAtItsDeadline() async throws {
    let server = try await ScriptedServer.start { request in
      switch request.kind {
      case .begin: [.failure(BoltError.Code.tokenExpired.rawValue)]
      case .reset: [.noop]
      default: nil
      }
    }
    let manager = HungTokens()
    let driver = try server.driver {
      $0.authTokenManager = manager
      $0.acquisitionTimeout = .seconds(2)
    }
    let work = Task { try await driver.executeQuery("RETURN 1") }
    await manager.called.wait()
    work.cancel()
    _ = await work.result
    try await soon("the connection is given up", within: .seconds(20)) { driver.poolMetrics[0].inUse == 0 }
    manager.end.open()
    await driver.close()
  }
}
