import Testing

@testable import BoltDriver

@Suite("The rules of the pool")
struct PoolStateMachineTests {
  @Test("The first borrower causes one connection, the next one gets it without another")
  func reuse() throws {
    var pool = PoolBench(maximum: 10)
    pool.borrow(1)
    #expect(pool.dials.count == 1 && pool.figures.creating == 1 && pool.figures.waiting == 1)
    let connection = try pool.connected()
    #expect(pool.leases[1]?.connection === connection)
    try pool.giveBack(1)
    #expect(pool.figures == PoolFigures(maximum: 10, inUse: 0, idle: 1, creating: 0, waiting: 0))
    pool.borrow(2)
    #expect(pool.leases[2]?.connection === connection)
    #expect(pool.dialsInAll == 1)
  }

  @Test("Of several idle connections the one used last is lent")
  func warmest() throws {
    var pool = PoolBench(maximum: 3)
    for borrower in 1...3 { pool.borrow(borrower) }
    for _ in 1...3 { try pool.connected() }
    for borrower in [2, 3, 1] { try pool.giveBack(borrower) }
    pool.borrow(4)
    #expect(pool.leases[4]?.connection.number == 1)
  }

  @Test("There are never more connections than the maximum, and who comes first is served first")
  func fairness() throws {
    var pool = PoolBench(maximum: 2)
    for borrower in 1...5 { pool.borrow(borrower) }
    #expect(pool.dials.count == 2)
    try pool.connected()
    try pool.connected()
    #expect(Set(pool.leases.keys) == [1, 2])
    try pool.giveBack(2)
    #expect(pool.leases[3] != nil && pool.leases[4] == nil)
    pool.borrow(6)
    try pool.giveBack(1)
    try pool.giveBack(3)
    #expect(Set(pool.leases.keys) == [4, 5])
    try pool.giveBack(4)
    #expect(Set(pool.leases.keys) == [5, 6])
  }

  @Test("Who waits gets what comes first: a connection given back, or a new one")
  func whateverComesFirst() throws {
    var pool = PoolBench(maximum: 2)
    pool.borrow(1)
    try pool.connected()
    pool.borrow(2)
    try pool.giveBack(1)
    #expect(pool.leases[2]?.connection.number == 1)
    try pool.connected()
    #expect(pool.figures.idle == 1)
  }

  @Test("A connection made for a borrower who was cancelled goes to the next one, or is kept")
  func cancellation() throws {
    var pool = PoolBench(maximum: 1)
    pool.borrow(1)
    pool.borrow(2)
    try pool.cancel(1)
    guard case .cancelled? = pool.refused[1] else {
      Issue.record("not told")
      return
    }
    try pool.connected()
    #expect(pool.leases[2] != nil)
    try pool.giveBack(2)
    pool.borrow(3)
    pool.borrow(4)
    try pool.cancel(4)
    try pool.giveBack(3)
    #expect(pool.figures == PoolFigures(maximum: 1, inUse: 0, idle: 1, creating: 0, waiting: 0))
    pool.step { machine, _, actions in machine.cancel(number: 999, &actions) }
    #expect(pool.last.refusals.isEmpty)
  }

  @Test("A borrower that gets a connection and is cancelled later is told once")
  func lateCancellation() throws {
    var pool = PoolBench(maximum: 1)
    pool.borrow(1)
    try pool.connected()
    try pool.cancel(1)
    #expect(pool.refused[1] == nil && pool.leases[1] != nil)
  }

  @Test("The timer follows the earliest deadline, and who waited in vain hears how the pool stands")
  func timeouts() throws {
    var pool = PoolBench(maximum: 1)
    pool.borrow(1, within: .seconds(60))
    #expect(pool.last.timer == pool.now + .seconds(60))
    try pool.connected()
    pool.borrow(2, within: .seconds(60))
    #expect(pool.last.timer == nil, "the timer that is set will do")
    pool.borrow(3, within: .seconds(90))
    #expect(pool.last.timer == nil)
    pool.borrow(4, within: .seconds(5))
    let early = try #require(pool.last.timer)
    #expect(early == pool.now + .seconds(5))
    let late = pool.now + .seconds(60)
    pool.ring(late)
    #expect(pool.refused.isEmpty, "a timer that was replaced does nothing")
    pool.ring(early)
    guard case .timeout(let waited, let figures, nil)? = pool.refused[4] else {
      Issue.record("no timeout")
      return
    }
    #expect(waited == .seconds(5))
    #expect(figures == PoolFigures(maximum: 1, inUse: 1, idle: 0, creating: 0, waiting: 2))
    #expect(pool.last.timer == late)
    try pool.giveBack(1)
    pool.ring(late)
    #expect(pool.refused[2] == nil && pool.refused[3] == nil)
    #expect(pool.last.timer == pool.now + .seconds(90))
    #expect(pool.machine.counters.timeouts == 1)
  }

  @Test("When nothing can be connected to, all who wait since before the attempt hear why at once")
  func failsFast() throws {
    var pool = PoolBench(maximum: 1)
    for borrower in 1...3 { pool.borrow(borrower) }
    try pool.failedToConnect()
    // The others came after that attempt began: they get one of their own, together.
    #expect(pool.refused.count == 1 && pool.dials.count == 1)
    #expect(pool.last.trouble != nil)
    try pool.failedToConnect()
    #expect(pool.refused.count == 3 && pool.dials.isEmpty && pool.figures.waiting == 0)
    #expect(pool.last.trouble == nil, "the trouble is known already")
    pool.borrow(4)
    try pool.connected()
    #expect(pool.leases[4] != nil && pool.last.isRelieved)
  }

  @Test("A refused login is not repeated for each of 500 borrowers in line")
  func noLoginStorm() throws {
    var pool = PoolBench(maximum: 5)
    for borrower in 1...500 { pool.borrow(borrower) }
    while !pool.dials.isEmpty { try pool.failedToConnect() }
    #expect(pool.refused.count == 500)
    #expect(pool.dialsInAll <= 10)
  }

  @Test("While connections are lent, a failed attempt costs one borrower only")
  func partialFailure() throws {
    var pool = PoolBench(maximum: 3)
    pool.borrow(1)
    try pool.connected()
    for borrower in 2...5 { pool.borrow(borrower) }
    #expect(pool.dials.count == 2)
    try pool.failedToConnect()
    #expect(Set(pool.refused.keys) == [2])
    try pool.giveBack(1)
    #expect(pool.leases[3]?.connection.number == 1)
  }

  @Test("A connection that breaks as soon as it is made counts as a failed attempt: no endless loop of them")
  func stillborn() throws {
    var pool = PoolBench(maximum: 2)
    pool.borrow(1)
    let connection = FakeConnection()
    connection.breakDown()
    pool.connected(connection)
    guard case .failed(let error)? = pool.refused[1] else {
      Issue.record("not told")
      return
    }
    #expect((error as? BoltError)?.code == .serviceUnavailable)
    #expect(pool.dials.isEmpty && pool.machine.counters.closed == [.error: 1])
  }

  @Test("A doubtful connection is closed when it is given back, and replaced for the next in line")
  func doubtful() throws {
    var pool = PoolBench(maximum: 1)
    pool.borrow(1)
    let connection = try pool.connected()
    pool.borrow(2)
    connection.breakDown()
    try pool.giveBack(1)
    #expect(pool.last.closings.count == 1 && pool.last.closings.first?.reason == .error)
    #expect(pool.leases[2] == nil && pool.dials.count == 1)
    try pool.connected()
    #expect(pool.leases[2] != nil)
  }

  @Test("An idle connection that broke is not lent")
  func brokenWhileIdle() throws {
    var pool = PoolBench(maximum: 2)
    pool.borrow(1)
    let connection = try pool.connected()
    try pool.giveBack(1)
    connection.breakDown()
    pool.borrow(2)
    #expect(pool.last.closings.first?.reason == .error)
    try pool.connected()
    #expect(pool.leases[2]?.connection.number == 2)
  }

  @Test("A loan that is over is not looked at again, even when the connection is lent to another")
  func doubleRelease() throws {
    var pool = PoolBench(maximum: 1)
    pool.borrow(1)
    try pool.connected()
    let lease = try #require(pool.leases[1])
    try pool.giveBack(1)
    pool.borrow(2)
    pool.step { machine, now, actions in machine.release(number: lease.id, now: now, &actions) }
    #expect(pool.figures.inUse == 1 && pool.figures.idle == 0)
  }
}
