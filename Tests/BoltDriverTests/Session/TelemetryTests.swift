import Synchronization
import Testing

@testable import BoltDriver

@Suite struct TelemetryTests {
  private func server(_ enabled: Bool) async throws -> ScriptedServer {
    try await ScriptedServer.start { request in
      request.kind == .hello
        ? [.success(["server": "Neo4j/5.26.0", "hints": ["telemetry.enabled": .bool(enabled)]])] : nil
    }
  }

  private func work(_ driver: Driver) async throws {
    try await driver.executeQuery("RETURN 1")
    try await driver.withSession { session in
      try await session.executeRead { _ = try await $0.run("RETURN 1") }
      try await session.withTransaction { _ = try await $0.run("RETURN 1") }
      _ = try await session.run("RETURN 1").collect()
    }
  }

  @Test func aServerThatAsksIsToldTheKindsOfCalls() async throws {
    let server = try await server(true)
    let driver = try server.driver()
    try await work(driver)
    #expect(server.requests(.telemetry).map(\.fields) == [[3], [0], [1], [2]])
    await driver.close()
  }

  @Test func aServerThatDoesNotAskIsToldNothing() async throws {
    let server = try await server(false)
    let driver = try server.driver()
    try await work(driver)
    #expect(server.requests(.telemetry).isEmpty)
    await driver.close()
  }

  /// By the protocol a TELEMETRY that is refused fails the connection until a RESET: the server has ignored all that was
  /// sent behind it, and only what fails again may be sent again. The work fails with what the server said.
  @Test func aRefusalFailsTheWorkBehindIt() async throws {
    let refusals = Lock(1)
    let server = try await ScriptedServer.start { request in
      switch request.kind {
      case .hello: return [.success(["server": "Neo4j/5.26.0", "hints": ["telemetry.enabled": true]])]
      case .telemetry:
        let isRefused = refusals.withLock { left in
          defer { left = max(left - 1, 0) }
          return left > 0
        }
        return isRefused ? [.failure("Neo.ClientError.Request.Invalid")] : nil
      default: return nil
      }
    }
    let driver = try server.driver()
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") }
    #expect(error?.code.rawValue == "Neo.ClientError.Request.Invalid" && error?.isRetryable == false)
    try await driver.executeQuery("RETURN 1")
    #expect(server.connections == 1 && server.requests(.reset).count == 1 && driver.poolMetrics[0].inUse == 0)
    await driver.close()
  }

  @Test func theProgramCanForbidIt() async throws {
    let server = try await server(true)
    let driver = try server.driver { $0.telemetry = false }
    try await work(driver)
    #expect(server.requests(.telemetry).isEmpty)
    await driver.close()
  }
}
