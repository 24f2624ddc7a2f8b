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

  @Test func theProgramCanForbidIt() async throws {
    let server = try await server(true)
    let driver = try server.driver { $0.telemetry = false }
    try await work(driver)
    #expect(server.requests(.telemetry).isEmpty)
    await driver.close()
  }
}
