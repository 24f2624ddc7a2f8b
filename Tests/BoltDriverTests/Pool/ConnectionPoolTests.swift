import Logging
import Synchronization
import Testing

@testable import BoltDriver

@Suite("Borrowing from the pool")
struct ConnectionPoolTests {
  private let server = FakeServer()

  @Test("A connection is used again, and given back whatever becomes of its borrower")
  func scoped() async throws {
    let pool = server.pool(maximum: 2)
    try await pool.withConnection { #expect($0.number == 1) }
    await #expect(throws: FakeServer.Refused.self) {
      try await pool.withConnection { _ in throw FakeServer.Refused() }
    }
    let task = Task { try await pool.withConnection { _ in try await Task.sleep(for: .seconds(60)) } }
    try await soon("borrowed") { pool.inUse == 1 }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(pool.inUse == 0 && server.made.count == 1)
    #expect(pool.metrics.acquired == 3)
    await pool.close()
    #expect(server.made.first?.closedFor == [.shutdown])
  }

  @Test("Who waits too long hears how the pool stands and what to do")
  func timeout() async throws {
    let pool = server.pool(maximum: 1)
    let lease = try await pool.acquire()
    let start = ContinuousClock.now
    do {
      _ = try await pool.acquire(deadline: .now + .milliseconds(50))
      Issue.record("borrowed a lent connection")
    } catch let error as BoltError {
      #expect(error.code == .poolTimeout)
      #expect(error.message.contains("of at most 1, 1 are in use"), "\(error)")
      #expect(error.address == "graph.example:7687" && error.underlying == nil)
    }
    #expect(ContinuousClock.now - start >= .milliseconds(50))
    pool.release(lease)
    #expect(pool.metrics.timeouts == 1 && pool.metrics.waiting == 0 && pool.inUse == 0)
    await pool.close()
  }

  @Test("The deadline counts while a connection is being made, too; what is made later is kept for the next")
  func timeoutWhileConnecting() async throws {
    server.stall()
    let pool = server.pool(maximum: 1)
    await #expect(throws: BoltError.self) { try await pool.acquire(deadline: .now + .milliseconds(30)) }
    #expect(pool.metrics.creating == 1)
    server.stall(false)
    try await soon("the connection is idle") { pool.metrics.idle == 1 }
    try await pool.withConnection { #expect($0.number == 1) }
    await pool.close()
  }

  @Test("A deadline that has passed already is no trap")
  func pastDeadline() async throws {
    let pool = server.pool(maximum: 1)
    let lease = try await pool.acquire()
    await #expect(throws: BoltError.self) { try await pool.acquire(deadline: .now - .seconds(1)) }
    pool.release(lease)
    await pool.close()
  }

  @Test("With no server every borrower learns why at once, not at its deadline")
  func failsFast() async throws {
    server.refuse()
    let log = LogLines()
    let pool = server.pool(maximum: 3, logger: log.logger)
    let start = ContinuousClock.now
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask { await #expect(throws: FakeServer.Refused.self) { try await pool.acquire() } }
      }
    }
    #expect(ContinuousClock.now - start < .seconds(30))
    #expect(pool.metrics.waiting == 0)
    // The last borrower may have learned why from another's attempt, while its own was under way.
    try await soon("every attempt has been counted") { pool.metrics.failedToCreate == UInt64(server.attempts) }
    #expect(log.count(of: .warning) == 1, "trouble is told once")
    server.refuse(false)
    try await pool.withConnection { _ in }
    #expect(log.count(of: .notice) == 1, "and so is its end")
    await pool.close()
  }

  @Test("A timeout names the error that stood in the way")
  func timeoutWithCause() async throws {
    let pool = server.pool(maximum: 2)
    let lease = try await pool.acquire()
    server.refuse()
    await #expect(throws: FakeServer.Refused.self) { try await pool.acquire() }
    server.stall()
    do {
      _ = try await pool.acquire(deadline: .now + .milliseconds(30))
      Issue.record("borrowed")
    } catch let error as BoltError {
      #expect(error.code == .poolTimeout && error.underlying is FakeServer.Refused)
    }
    server.stall(false)
    pool.release(lease)
    await pool.close()
  }

  @Test("Cancelling a borrower ends its wait and leaves nothing behind")
  func cancellation() async throws {
    let pool = server.pool(maximum: 1)
    let lease = try await pool.acquire()
    let waiting = Task { try await pool.acquire() }
    try await soon("waiting") { pool.metrics.waiting == 1 }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    #expect(pool.metrics.waiting == 0)
    pool.release(lease)
    let cancelledBefore = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await pool.acquire()
    }
    await #expect(throws: CancellationError.self) { try await cancelledBefore.value }
    #expect(pool.metrics.idle == 1 && pool.inUse == 0)
    await pool.close()
  }

  @Test("A borrower that is cancelled while its connection is made leaves it to the next in line")
  func cancelledWhileConnecting() async throws {
    server.stall()
    let pool = server.pool(maximum: 1)
    let first = Task { try await pool.acquire() }
    try await soon("the first waits") { pool.metrics.waiting == 1 }
    let second = Task { try await pool.acquire() }
    try await soon("the second waits") { pool.metrics.waiting == 2 }
    first.cancel()
    await #expect(throws: CancellationError.self) { try await first.value }
    server.stall(false)
    let lease = try await second.value
    #expect(server.attempts == 1)
    pool.release(lease)
    await pool.close()
  }

  @Test("An idle connection is checked and replaced when it is dead")
  func liveness() async throws {
    let pool = server.pool(maximum: 1, livenessCheckIdle: .zero)
    try await pool.withConnection { _ in }
    try await pool.withConnection { #expect($0.number == 1 && $0.resets == 1) }
    server.made.first?.fallSilent()
    try await pool.withConnection { #expect($0.number == 2) }
    #expect(pool.metrics.closed == [.liveness: 1])
    await pool.close()
  }

  @Test("A check that is never answered leaves time for another connection")
  func stalledCheck() async throws {
    let pool = server.pool(maximum: 1, livenessCheckIdle: .zero, timeout: .milliseconds(200))
    try await pool.withConnection(deadline: .now + .seconds(60)) { _ in }
    server.made.first?.stall()
    try await pool.withConnection(deadline: .now + .seconds(60)) { #expect($0.number == 2) }
    #expect(pool.metrics.closed == [.liveness: 1])
    #expect(PoolLimits(maximumSize: 1).resetTimeout == .seconds(10))
    await pool.close()
  }

  @Test("Who came first is served first")
  func fairness() async throws {
    let pool = server.pool(maximum: 1)
    let lease = try await pool.acquire()
    let order = ServedOrder()
    var tasks: [Task<Void, any Error>] = []
    for number in 0..<50 {
      tasks.append(Task { try await pool.withConnection { _ in order.append(number) } })
      try await soon("in line") { pool.metrics.waiting == number + 1 }
    }
    pool.release(lease)
    for task in tasks { try await task.value }
    #expect(order.numbers == Array(0..<50))
    await pool.close()
  }

  @Test("A cancelled borrower's soiled connection is reset by the pool and serves again")
  func resetAfterCancellation() async throws {
    let pool = server.pool(maximum: 1)
    let task = Task {
      try await pool.withConnection { connection in
        connection.soil()
        try await Task.sleep(for: .seconds(60))
      }
    }
    try await soon("soiled") { server.made.first?.needsReset == true }
    task.cancel()
    _ = await task.result
    try await pool.withConnection { #expect($0.number == 1 && $0.resets == 1 && !$0.needsReset) }
    await pool.close()
  }

  @Test("A purge while connections are lent and idle")
  func purge() async throws {
    let pool = server.pool(maximum: 2)
    let lease = try await pool.acquire()
    try await pool.withConnection { _ in }
    pool.purge()
    pool.release(lease)
    try await soon("both closed") { server.made.allSatisfy { $0.closedFor == [.purged] } }
    try await pool.withConnection { #expect($0.number == 3) }
    await pool.close()
  }
}

/// In which order borrowers were served.
private final class ServedOrder: Sendable {
  private let kept = Lock<[Int]>([])

  var numbers: [Int] { kept.withLock { $0 } }

  func append(_ number: Int) { kept.withLock { $0.append(number) } }
}
