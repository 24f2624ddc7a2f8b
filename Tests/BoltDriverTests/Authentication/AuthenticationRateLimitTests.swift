import Synchronization
import Testing

@testable import BoltDriver

/// A server that has seen too many wrong passwords is left in peace.
@Suite struct AuthenticationRateLimitTests {
  /// Claims to have dealt with every error.
  private final class Optimist: AuthTokenManager {
    let heard = Lock(0)

    func token() async throws -> AuthToken { .bearer("t") }

    func handleSecurityError(_ error: BoltError, token: AuthToken) async throws -> Bool {
      heard.withLock { $0 += 1 }
      return true
    }
  }

  private func limit(_ request: ScriptedServer.Request) -> [ScriptedServer.Reply]? {
    request.kind == .logon ? [.failure(BoltError.Code.authenticationRateLimit.rawValue), .close] : nil
  }

  @Test func aLoginThatIsRefusedForNowIsNotRepeated() async throws {
    let server = try await ScriptedServer.start { limit($0) }
    let driver = try server.driver { $0.maximumRetryTime = .seconds(30) }
    let error = await #expect(throws: BoltError.self) {
      try await driver.withSession { session in try await session.executeRead { _ = try await $0.run("RETURN 1") } }
    }
    #expect(error?.code == .authenticationRateLimit && error?.isRetryable == false)
    #expect(server.requests(.logon).count == 1 && server.connections == 1)
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
  }

  @Test func noManagerOfTokensMendsIt() async throws {
    let server = try await ScriptedServer.start { limit($0) }
    let manager = Optimist()
    let driver = try server.driver {
      $0.maximumRetryTime = .seconds(30)
      $0.authTokenManager = manager
    }
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") }
    #expect(error?.code == .authenticationRateLimit && error?.isRetryable == false)
    #expect(server.requests(.logon).count == 1 && manager.heard.withLock { $0 } == 1)
    await driver.close()
  }

  @Test func noOtherRouterIsAsked() async throws {
    let layout = ScriptedCluster.Layout(routers: [0, 1, 2], readers: [1], writers: [2])
    let cluster = try await ScriptedCluster.start(layout, count: 3) { _, request in limit(request) }
    let others = cluster.servers.map(\.address)
    let driver = try cluster.driver {
      $0.maximumRetryTime = .seconds(30)
      $0.resolver = { _ in others }
    }
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1", database: "graph") }
    #expect(error?.code == .authenticationRateLimit)
    #expect(cluster.servers.map { $0.requests(.logon).count } == [1, 0, 0] && cluster.routes == 0)
    await driver.close()
  }
}
