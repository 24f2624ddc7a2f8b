import Synchronization
import Testing

@testable import BoltDriver

/// However many wait for a table, one asks for it.
@Suite struct RoutingTableRefreshTests {
  private let key = RoutingTableRefreshes.Key(database: "graph", impersonatedUser: nil, auth: nil)
  private let table = RoutingTable(
    database: "graph", timeToLive: .seconds(300), routers: [], readers: [], writers: [], updatedAt: .zero)

  @Test func whoComesWhenTheTableHasJustBeenFetchedFetchesNone() async throws {
    let refreshes = RoutingTableRefreshes()
    let kept = Lock<RoutingTable?>(nil)
    let fetches = Lock(0)
    for _ in 0..<2 {
      let fetched = try await refreshes.table(key) {
        kept.withLock { $0 }
      } fetch: { [table] in
        fetches.withLock { $0 += 1 }
        kept.withLock { $0 = table }
        return table
      }
      #expect(fetched == table)
    }
    #expect(fetches.withLock { $0 } == 1)
  }

  @Test func whoeverMustHaveANewTableGetsOne() async throws {
    let refreshes = RoutingTableRefreshes()
    let fetches = Lock(0)
    for _ in 0..<2 {
      _ = try await refreshes.table(key) {
        nil
      } fetch: { [table] in
        fetches.withLock { $0 += 1 }
        return table
      }
    }
    #expect(fetches.withLock { $0 } == 2)
  }

  @Test func whoJoinedOneThatKnewNothingOfTheDatabaseAsksOnceForItself() async throws {
    let (late, fetches) = try await joined(BoltError(.databaseNotFound, "no such database"))
    #expect(try late.get() == table)
    #expect(fetches == 2)
  }

  @Test(arguments: [BoltError.Code.unauthorized, .authenticationRateLimit, .serviceUnavailable])
  func whoJoinedOneThatWasTurnedAwayDoesNotTryTheSameAgain(_ code: BoltError.Code) async throws {
    let (late, fetches) = try await joined(BoltError(code, "no"))
    #expect(throws: BoltError.self) { try late.get() }
    #expect(fetches == 1)
  }

  /// Joins a fetch that fails with an error; a second fetch would succeed.
  private func joined(_ error: BoltError) async throws -> (outcome: Result<RoutingTable, any Error>, fetches: Int) {
    let refreshes = RoutingTableRefreshes()
    let hold = Task { try? await Task.sleep(for: .seconds(60)) }
    let fetches = Lock(0)
    let early = Task { @Sendable [key] in
      try await refreshes.table(key) {
        nil
      } fetch: {
        fetches.withLock { $0 += 1 }
        await hold.value
        throw error
      }
    }
    try await soon("the first fetch") { fetches.withLock { $0 } == 1 }
    // Immediate: it has joined when this returns.
    let late = Task.immediate { @Sendable [key, table] in
      try await refreshes.table(key) {
        nil
      } fetch: { [table] in
        fetches.withLock { $0 += 1 }
        return table
      }
    }
    hold.cancel()
    await #expect(throws: BoltError.self) { try await early.value }
    let outcome = await late.result
    return (outcome, fetches.withLock { $0 })
  }

  @Test func aCrowdAsksOnceWheneverTheTableIsTooOld() async throws {
    let layout = ScriptedCluster.Layout(routers: [0], readers: [1, 2], writers: [3])
    let cluster = try await ScriptedCluster.start(layout, count: 4)
    let clock = MovableClock()
    let driver = try cluster.driver { $0.clock = clock.clock }
    for round in 1...20 {
      try await withThrowingTaskGroup { group in
        for _ in 0..<16 {
          group.addTask { try await driver.executeQuery("RETURN 1", database: "graph", accessMode: .read) }
        }
        try await group.waitForAll()
      }
      #expect(cluster.routes == round)
      clock.move(by: .seconds(300))
    }
    await driver.close()
  }
}
