import Synchronization
import Testing

@testable import BoltDriver

@Suite struct TransactionTests {
  /// Counts up, to let a scripted server change its mind.
  private final class Counter: Sendable {
    private let count = Lock(0)
    func next() -> Int {
      count.withLock { count in
        count += 1
        return count
      }
    }
  }

  @Test func aManagedTransactionTravelsWithItsFirstQuery() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver { $0.database = "graph" }
    try await driver.withSession { session in
      let number = try await session.executeWrite { transaction in
        try await transaction.run("RETURN \(7)").single().get("x", as: Int.self)
      }
      #expect(number == 1)
      #expect(session.lastBookmarks == ["bm"])
      try await session.executeRead { transaction in _ = try await transaction.run("RETURN 1") }
    }
    #expect(Array(server.requests.dropFirst(2)) == [.begin, .run, .pull, .commit, .begin, .run, .pull, .commit])
    #expect(
      server.requests(.begin).map(\.fields) == [
        [["db": "graph"]], [["db": "graph", "mode": "r", "bookmarks": ["bm"]]],
      ])
    #expect(server.requests(.run)[0].fields == ["RETURN $p0", ["p0": 7], .map([:])])
    await driver.close()
  }

  @Test func theDriverRunsManagedTransactionsInSessionsOfTheirOwn() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    try await driver.executeWrite { try await $0.run("CREATE ()") }
    let number = try await driver.executeRead(SessionConfiguration(database: "other")) { transaction in
      try await transaction.run("RETURN 1").single().get("x", as: Int.self)
    }
    #expect(number == 1)
    #expect(server.requests(.begin).map(\.fields) == [[.map([:])], [["db": "other", "mode": "r"]]])
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
  }

  @Test func transientErrorsAreTriedAgainAsAWhole() async throws {
    let counter = Counter()
    let server = try await ScriptedServer.start { request in
      request.kind == .commit && counter.next() == 1
        ? [.failure("Neo.TransientError.Transaction.DeadlockDetected")] : nil
    }
    let driver = try server.driver { $0.maximumRetryTime = .seconds(30) }
    let attempts = Counter()
    try await driver.withSession { session in
      try await session.executeWrite { transaction in
        _ = attempts.next()
        _ = try await transaction.run("CREATE ()")
      }
    }
    #expect(attempts.next() == 3)
    #expect(server.requests(.begin).count == 2)
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
  }

  @Test func aLostCommitIsReportedAndNotRepeated() async throws {
    let server = try await ScriptedServer.start { $0.kind == .commit ? [.close] : nil }
    let driver = try server.driver { $0.maximumRetryTime = .seconds(30) }
    for explicit in [true, false] {
      let error = await #expect(throws: BoltError.self) {
        try await driver.withSession { session in
          if explicit {
            try await session.withTransaction { transaction in _ = try await transaction.run("CREATE ()") }
          } else {
            try await session.executeWrite { transaction in _ = try await transaction.run("CREATE ()") }
          }
        }
      }
      #expect(error?.code == .incompleteCommit)
      #expect(error?.isRetryable == false)
    }
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("CREATE ()") }
    #expect(error?.code == .incompleteCommit)
    #expect(server.requests(.commit).count == 3)
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
  }

  @Test func aConnectionLostBeforeCommitIsTriedAgain() async throws {
    let counter = Counter()
    let server = try await ScriptedServer.start { $0.kind == .run && counter.next() == 1 ? [.close] : nil }
    let driver = try server.driver { $0.maximumRetryTime = .seconds(30) }
    let result = try await driver.executeQuery("RETURN 1")
    #expect(result.records.count == 1)
    #expect(server.connections == 2)
    await driver.close()
  }

  @Test func executeQueryReadsInOneWriteAndWritesInTwo() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    let result = try await driver.executeQuery("RETURN 1 AS x", accessMode: .read)
    #expect(try result.decode(Int.self) == [1])
    #expect(result.keys == ["x"])
    _ = try await driver.executeQuery("CREATE ()")
    #expect(Array(server.requests.dropFirst(2)) == [.begin, .run, .pull, .commit, .begin, .run, .pull, .commit])
    // What one call committed the next must see.
    #expect(server.requests(.begin)[1].fields == [["bookmarks": ["bm"]]])
    await driver.close()
  }

  @Test func anErrorOfTheBodyRollsBack() async throws {
    struct Oops: Error {}
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    await #expect(throws: Oops.self) {
      try await driver.withSession { session in
        try await session.executeWrite { transaction in
          _ = try await transaction.run("CREATE ()")
          throw Oops()
        }
      }
    }
    #expect(Array(server.requests.dropFirst(2)) == [.begin, .run, .pull, .rollback])
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
  }

  @Test func aSwallowedFailureCannotBeCommitted() async throws {
    let server = try await ScriptedServer.start { request in
      request.kind == .run ? [.failure("Neo.ClientError.Statement.SyntaxError")] : nil
    }
    let driver = try server.driver()
    let error = await #expect(throws: BoltError.self) {
      try await driver.withSession { session in
        try await session.executeWrite { transaction in _ = try? await transaction.run("nonsense") }
      }
    }
    #expect(error?.code == .transactionTerminated)
    #expect((error?.underlying as? BoltError)?.code.rawValue == "Neo.ClientError.Statement.SyntaxError")
    #expect(server.requests(.commit).isEmpty)
    await driver.close()
  }

  @Test func anEndedTransactionSaysSo() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    try await driver.withSession { session in
      let transaction = try await session.beginTransaction()
      #expect(transaction.isOpen)
      let misuse = await #expect(throws: BoltError.self) { try await session.run("RETURN 1") }
      #expect(misuse?.code == .misuse)
      let result = try await transaction.run("RETURN 1")
      try await transaction.commit()
      let late = await #expect(throws: BoltError.self) { try await result.collect() }
      #expect(late?.code == .resultConsumed)
      for act in [
        { try await transaction.commit() }, { try await transaction.rollback() },
        { _ = try await transaction.run("RETURN 1") },
      ] as [() async throws -> Void] {
        let error = await #expect(throws: BoltError.self) { try await act() }
        #expect(error?.code == .closed)
      }
      try await transaction.close()
      _ = try await session.run("RETURN 1").collect()
    }
    #expect(server.requests(.rollback).isEmpty)
    await driver.close()
  }

  @Test func aForgottenTransactionEndsWithItsSession() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    try await driver.withSession { session in
      _ = try await session.beginTransaction()
    }
    #expect(server.requests(.rollback).count == 1)
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
  }

  @Test func aForgottenTransactionThatCannotBeRolledBackIsToldOf() async throws {
    let server = try await ScriptedServer.start { request in
      request.kind == .rollback ? [.failure("Neo.TransientError.General.DatabaseUnavailable")] : nil
    }
    let driver = try server.driver()
    let error = await #expect(throws: BoltError.self) {
      try await driver.withSession { session in _ = try await session.beginTransaction() }
    }
    #expect(error?.code == .databaseUnavailable)
    try await soon("reset") { driver.poolMetrics[0].inUse == 0 }
    await driver.close()
  }

  @Test func openResultsOfATransactionAreDroppedBeforeCommit() async throws {
    let server = try await ScriptedServer.start { request in
      switch request.kind {
      case .run: [.success(["fields": ["x"], "qid": 0])]
      case .pull: [.record([1]), .success(["has_more": true])]
      default: nil
      }
    }
    let driver = try server.driver { $0.fetchSize = 1 }
    try await driver.withSession { session in
      try await session.withTransaction { transaction in _ = try await transaction.run("MATCH") }
    }
    #expect(Array(server.requests.dropFirst(2)) == [.begin, .run, .pull, .discard, .commit])
    await driver.close()
  }
}
