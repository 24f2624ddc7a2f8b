import Testing

@testable import BoltDriver

@Suite struct DriverLifetimeTests {
  @Test func aDriverThatIsForgottenLeavesNoConnectionOpen() async throws {
    let server = try await ScriptedServer.start()
    try await forget(try server.driver())
    try await soon("the server hears goodbye") { server.requests.last == .goodbye }
    try await server.stop()
  }

  private func forget(_ driver: consuming Driver) async throws {
    try await driver.executeQuery("RETURN 1")
    #expect(driver.poolMetrics[0].idle == 1)
  }

  /// Limits that nobody lives to see are no reason to trap.
  @Test func thereIsNoLimitThatIsTooLong() async throws {
    let ages = Duration.seconds(Int64.max)
    let hangs = try await ScriptedServer.start { $0.kind == .run ? [] : nil }
    let driver = try hangs.driver { configuration in
      configuration.acquisitionTimeout = ages
      configuration.connectTimeout = ages
      configuration.maximumRetryTime = ages
      configuration.maximumConnectionLifetime = ages
      configuration.livenessCheckIdle = ages
      configuration.maximumPoolSize = 1
    }
    let limits = TransactionConfiguration(timeout: ages)
    let tasks = (0..<2).map { _ in
      Task { try await driver.executeQuery("MATCH", configuration: limits) }
    }
    try await soon("one hangs, one waits") { hangs.requests.contains(.run) && driver.poolMetrics[0].waiting == 1 }
    for task in tasks { task.cancel() }
    for task in tasks { await #expect(throws: CancellationError.self) { try await task.value } }
    try await soon("nothing is in use") { driver.poolMetrics[0].inUse == 0 }
    await driver.close(grace: ages)
    try await hangs.stop()
  }
}
