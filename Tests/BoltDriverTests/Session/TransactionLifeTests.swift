import Testing

@testable import BoltDriver

/// What may be done with a transaction, and when.
@Suite struct TransactionLifeTests {
  @Test func oneThatFailedDoesNotBlockItsSession() async throws {
    let server = try await ScriptedServer.start { request in
      request.kind == .run && request.fields.first == "bad" ? [.failure("Neo.ClientError.Made.Up")] : nil
    }
    let driver = try server.driver { $0.maximumPoolSize = 1 }
    try await driver.withSession { session in
      let failed = try await session.beginTransaction()
      await #expect(throws: BoltError.self) { try await failed.run("bad") }
      let next = try await session.beginTransaction()
      #expect(try await next.run("good").single()["x"] == 1)
      let error = await #expect(throws: BoltError.self) { try await failed.run("good") }
      #expect(error?.code == .transactionTerminated)
      // It is over already: this must not touch the connection, which has another borrower.
      try await failed.rollback()
      try await next.commit()
    }
    #expect(server.requests(.rollback).isEmpty && server.requests(.reset).count == 1)
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
  }

  @Test func aManagedOneIsEndedByItsBodyAlone() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    try await driver.executeWrite { transaction in
      try await transaction.run("CREATE ()")
      for act in [
        { try await transaction.commit() }, { try await transaction.rollback() }, { try await transaction.close() },
      ] as [() async throws -> Void] {
        let error = await #expect(throws: BoltError.self) { try await act() }
        #expect(error?.code == .misuse)
        #expect(error?.message.contains("managed") == true)
      }
    }
    #expect(server.requests(.commit).count == 1 && server.requests(.rollback).isEmpty)
    await driver.close()
  }

  @Test func aNegativeTimeoutIsToldBeforeAnythingIsSent() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    let configuration = TransactionConfiguration(timeout: .milliseconds(-1))
    for act in [
      { _ = try await $0.run("RETURN 1", configuration: configuration) },
      { _ = try await $0.beginTransaction(configuration: configuration) },
      { try await $0.executeRead(configuration: configuration) { _ in } },
    ] as [(Session) async throws -> Void] {
      let error = await #expect(throws: BoltError.self) { try await driver.withSession(SessionConfiguration(), act) }
      #expect(error?.code == .invalidConfiguration)
    }
    #expect(server.connections == 0)
    await driver.close()
  }
}
