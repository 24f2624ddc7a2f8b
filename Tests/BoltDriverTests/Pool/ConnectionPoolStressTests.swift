import Synchronization
import Testing

@testable import BoltDriver

@Suite("The pool under load")
struct ConnectionPoolStressTests {
  private enum End: CaseIterable {
    case served
    case refused
    case cancelled
    case timedOut
  }

  @Test(
    "600 tasks, random cancels, broken and soiled connections, failing attempts: all accounted for", arguments: 1...4)
  func storm(seed: UInt64) async throws {
    let server = FakeServer()
    server.becomeUnreliable(seed: seed)
    let pool = server.pool(maximum: 5, livenessCheckIdle: seed % 2 == 0 ? .milliseconds(1) : nil)
    let ends = await withTaskGroup(of: [End].self) { group in
      for number in 0..<600 {
        group.addTask {
          var chance = SeededGenerator(seed: seed &* 10_000 &+ UInt64(number))
          var ends: [End] = []
          for _ in 0..<4 { ends.append(await borrow(pool, &chance)) }
          return ends
        }
      }
      group.addTask {
        for _ in 0..<200 {
          let metrics = pool.metrics
          #expect(metrics.inUse + metrics.idle + metrics.creating <= 5)
          await Task.yield()
        }
        return []
      }
      return await group.reduce(into: [End]()) { $0 += $1 }
    }
    #expect(ends.count == 600 * 4)
    for end in End.allCases where end != .timedOut { #expect(ends.contains(end), "never \(end)") }
    try await soon("nothing is under way") {
      let metrics = pool.metrics
      return metrics.inUse == 0 && metrics.creating == 0 && metrics.waiting == 0
    }
    await pool.close()
    let metrics = pool.metrics
    #expect(metrics.created == UInt64(server.made.count) && metrics.closedInAll == metrics.created)
    #expect(server.made.allSatisfy { $0.closedFor.count == 1 && !$0.wasShared })
    #expect(metrics.acquired >= UInt64(ends.count { $0 == .served }))
  }

  @Test("10,000 tasks share 5 connections")
  func crowd() async throws {
    let server = FakeServer()
    let pool = server.pool(maximum: 5)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<10_000 {
        group.addTask {
          try await pool.withConnection { connection in
            connection.beginUse()
            defer { connection.endUse() }
            await Task.yield()
          }
        }
      }
      try await group.waitForAll()
    }
    let metrics = pool.metrics
    #expect(metrics.acquired == 10_000 && metrics.inUse == 0 && metrics.waiting == 0 && metrics.created <= 5)
    #expect(server.made.allSatisfy { !$0.wasShared })
    await pool.close()
  }

  /// Borrows once, in a task that is perhaps cancelled, and perhaps spoils what it borrowed.
  private func borrow(_ pool: ConnectionPool<FakeConnection>, _ chance: inout SeededGenerator) async -> End {
    let limit: Duration = .milliseconds(Int.random(in: 0..<20, using: &chance) == 0 ? 1 : 20_000)
    let fate = Int.random(in: 0..<20, using: &chance)
    let patience = Int.random(in: 0..<40, using: &chance)
    let isCancelled = Int.random(in: 0..<5, using: &chance) == 0
    let task = Task {
      try await pool.withConnection(deadline: .now + limit) { connection in
        connection.beginUse()
        defer { connection.endUse() }
        if fate == 0 { connection.breakDown() }
        if fate == 1 || fate == 2 { connection.soil() }
        for _ in 0..<patience {
          await Task.yield()
          try Task.checkCancellation()
        }
      }
    }
    if isCancelled {
      for _ in 0..<patience { await Task.yield() }
      task.cancel()
    }
    do {
      try await task.value
      return .served
    } catch is CancellationError {
      return .cancelled
    } catch let error as BoltError {
      #expect(error.code == .poolTimeout)
      return .timedOut
    } catch {
      #expect(error is FakeServer.Refused)
      return .refused
    }
  }
}
