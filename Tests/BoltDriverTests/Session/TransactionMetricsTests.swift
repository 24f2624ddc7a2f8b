import Synchronization
import Testing

@testable import BoltDriver

@Suite struct TransactionMetricsTests {
  private struct Oops: Error {}

  @Test func whatEndsIsCountedByItsEnd() async throws {
    let server = try await ScriptedServer.start { request in
      request.fields.first == "BAD" ? [.failure("Neo.ClientError.Statement.SyntaxError")] : nil
    }
    let driver = try server.driver()
    #expect(driver.transactionMetrics == TransactionMetrics().with([:]))
    try await driver.executeQuery("RETURN 1")
    try await driver.withSession { session in
      #expect(driver.transactionMetrics.openSessions == 1)
      try await session.run("RETURN 1").consume()
      try await session.withTransaction { transaction in
        try await transaction.run("RETURN 1").consume()
        #expect(driver.transactionMetrics.openTransactions == 1)
      }
      await #expect(throws: Oops.self) { try await session.withTransaction { _ in throw Oops() } }
      await #expect(throws: BoltError.self) {
        try await session.withTransaction { transaction in _ = try await transaction.run("BAD") }
      }
      await #expect(throws: BoltError.self) { try await session.run("BAD") }
    }
    await #expect(throws: BoltError.self) { try await driver.executeQuery("BAD") }
    #expect(
      driver.transactionMetrics == TransactionMetrics().with([.committed: 3, .rolledBack: 1, .failed: 3]))
    await driver.close()
  }

  @Test func aLostCommitIsCountedAsUnknown() async throws {
    let server = try await ScriptedServer.start { $0.kind == .commit ? [.close] : nil }
    let driver = try server.driver()
    await #expect(throws: BoltError.self) { try await driver.executeWrite { _ = try await $0.run("CREATE ()") } }
    await #expect(throws: BoltError.self) { try await driver.executeQuery("CREATE ()") }
    #expect(driver.transactionMetrics == TransactionMetrics().with([.unknown: 2]))
    await driver.close()
  }

  @Test func repetitionsAreCountedByTheErrorBeforeThem() async throws {
    let requests = Lock(0)
    let server = try await ScriptedServer.start { request in
      guard request.kind == .commit else { return nil }
      let number = requests.withLock { count in
        count += 1
        return count
      }
      return number == 1 ? [.failure("Neo.TransientError.Transaction.DeadlockDetected")] : nil
    }
    let driver = try server.driver {
      $0.maximumRetryTime = .seconds(30)
      $0.repeatsWithoutConnection = false
    }
    try await driver.executeWrite { try await $0.run("CREATE ()") }
    var expected = TransactionMetrics().with([.committed: 1, .failed: 1])
    expected.retries = ["Neo.TransientError.Transaction.DeadlockDetected": 1]
    #expect(driver.transactionMetrics == expected)
    await driver.close()
  }

  @Test func lostConnectionsAreLeftToTheCallerWhereThatIsWanted() async throws {
    let server = try await ScriptedServer.start { $0.kind == .run ? [.close] : nil }
    let driver = try server.driver {
      $0.maximumRetryTime = .seconds(30)
      $0.repeatsWithoutConnection = false
    }
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") }
    #expect(error?.isRetryable == true)
    #expect(server.connections == 1)
    #expect(driver.transactionMetrics.retries.isEmpty)
    await driver.close()
  }

  @Test func sessionsThatAreForgottenAreNotCountedForEver() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    do {
      let session = driver.session()
      _ = session.lastBookmarks
      #expect(driver.transactionMetrics.openSessions == 1)
    }
    #expect(driver.transactionMetrics.openSessions == 0)
    let session = driver.session()
    try await session.close()
    try await session.close()
    #expect(driver.transactionMetrics.openSessions == 0)
    await driver.close()
  }

  @Test func codesOfAServerThatInventsThemAreBounded() {
    let counters = TransactionCounters()
    for number in 0..<200 {
      counters.countRetry(after: BoltError(ServerFailure(code: "Neo.TransientError.X.\(number)", message: "")))
    }
    let retries = counters.metrics.retries
    #expect(retries.count == 65)
    #expect(retries["other"] == 136)
  }
}

extension TransactionMetrics {
  /// The same with these ends, and none of the others.
  fileprivate func with(_ ended: [TransactionOutcome: UInt64]) -> TransactionMetrics {
    var metrics = self
    for outcome in TransactionOutcome.allCases { metrics.ended[outcome] = ended[outcome] ?? 0 }
    return metrics
  }
}
