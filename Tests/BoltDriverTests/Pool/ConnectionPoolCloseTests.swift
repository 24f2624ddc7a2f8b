import Synchronization
import Testing

@testable import BoltDriver

@Suite("Closing the pool")
struct ConnectionPoolCloseTests {
  private let server = FakeServer()

  @Test("Within the grace what is lent is waited for; nobody else is let in")
  func drains() async throws {
    let pool = server.pool(maximum: 2)
    let lease = try await pool.acquire()
    let waiting = Task { try await pool.withConnection { _ in try await Task.sleep(for: .seconds(60)) } }
    try await soon("both lent") { pool.inUse == 2 }
    let closing = Task { await pool.close(grace: .seconds(60)) }
    let other = Task { await pool.close(grace: .seconds(60)) }
    try await soon("closing") { pool.isClosing }
    await #expect(throws: BoltError.self) { try await pool.acquire() }
    #expect(lease.connection.closedFor.isEmpty)
    pool.release(lease)
    waiting.cancel()
    await closing.value
    await other.value
    #expect(server.made.allSatisfy { $0.closedFor == [.shutdown] })
    let metrics = pool.metrics
    #expect(metrics.created == 2 && metrics.closedInAll == 2 && metrics.inUse == 0)
  }

  @Test("After the grace connections are closed under their borrowers")
  func graceEnds() async throws {
    let pool = server.pool(maximum: 1)
    let lease = try await pool.acquire()
    await pool.close(grace: .milliseconds(20))
    #expect(lease.connection.closedFor == [.shutdown])
    pool.release(lease)
    #expect(lease.connection.closedFor == [.shutdown] && pool.metrics.closedInAll == 1)
  }

  @Test("Cancelling the one who closes ends the grace")
  func cancelledClose() async throws {
    let pool = server.pool(maximum: 1)
    let lease = try await pool.acquire()
    let closing = Task { await pool.close(grace: .seconds(600)) }
    try await soon("closing") { pool.isClosing }
    closing.cancel()
    await closing.value
    #expect(lease.connection.closedFor == [.shutdown])
  }

  @Test("Those who wait are turned away, and a connection that is being made is given up")
  func whileConnecting() async throws {
    server.stall()
    let pool = server.pool(maximum: 3)
    let waiting = (0..<5).map { _ in Task { try await pool.acquire() } }
    try await soon("all wait") { pool.metrics.waiting == 5 && server.attempts == 3 }
    await pool.close()
    for task in waiting {
      await #expect(throws: BoltError.self) { try await task.value }
    }
    #expect(server.cancelled == 3 && server.made.isEmpty && pool.metrics.creating == 0)
  }

  @Test("A closed pool holds nothing in memory")
  func noLeak() async throws {
    weak var leaked: ConnectionPool<FakeConnection>?
    do {
      let pool = server.pool(maximum: 2)
      leaked = pool
      let lease = try await pool.acquire()
      let waiting = Task { try await pool.acquire(deadline: .now + .seconds(600)) }
      try await soon("two lent") { pool.inUse == 2 }
      pool.release(lease)
      pool.release(try await waiting.value)
      await pool.close()
    }
    try await soon("freed") { leaked == nil }
  }

  @Test("An unclosed pool that nobody holds is freed too, whatever its timer waits for")
  func noLeakByTimer() async throws {
    weak var leaked: ConnectionPool<FakeConnection>?
    do {
      let pool = server.pool(maximum: 1)
      leaked = pool
      let lease = try await pool.acquire()
      let waiting = Task { try await pool.acquire(deadline: .now + .seconds(600)) }
      try await soon("one waits") { pool.metrics.waiting == 1 }
      waiting.cancel()
      _ = await waiting.result
      pool.release(lease)
    }
    try await soon("freed") { leaked == nil }
  }
}
