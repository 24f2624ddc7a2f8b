import Testing

@testable import BoltDriver

@Suite("The pool keeps its connections in order")
struct PoolUpkeepTests {
  @Test("A connection past its lifetime is closed instead of lent, whether idle or given back")
  func lifetime() throws {
    var pool = PoolBench(maximum: 2, lifetime: .seconds(3600))
    pool.borrow(1)
    pool.borrow(2)
    try pool.connected()
    try pool.connected()
    try pool.giveBack(1)
    pool.pass(.seconds(3599))
    pool.borrow(3)
    #expect(pool.leases[3]?.connection.number == 1)
    try pool.giveBack(3)
    pool.pass(.seconds(1))
    pool.borrow(4)
    #expect(pool.last.closings.first?.reason == .lifetime)
    #expect(pool.leases[4] == nil && pool.dials.count == 1)
    try pool.giveBack(2)
    #expect(pool.machine.counters.closed == [.lifetime: 2])
  }

  @Test("Connections nobody takes are closed when others are given back after their lifetime")
  func unusedOutdated() throws {
    var pool = PoolBench(maximum: 3, lifetime: .seconds(100))
    for borrower in 1...3 { pool.borrow(borrower) }
    for _ in 1...3 { try pool.connected() }
    for borrower in 1...3 { try pool.giveBack(borrower) }
    pool.pass(.seconds(200))
    pool.borrow(4)
    try pool.connected()
    try pool.giveBack(4)
    #expect(pool.figures.idle == 1 && pool.machine.counters.closed == [.lifetime: 3])
  }

  @Test("A connection idle for long is checked before it is lent, one idle for less is not")
  func liveness() throws {
    var pool = PoolBench(maximum: 2, livenessCheckIdle: .seconds(30))
    pool.borrow(1)
    try pool.connected()
    try pool.giveBack(1)
    pool.pass(.seconds(29))
    pool.borrow(2)
    #expect(pool.leases[2] != nil && pool.resets.isEmpty)
    try pool.giveBack(2)
    pool.pass(.seconds(30))
    pool.borrow(3)
    #expect(pool.leases[3] == nil && pool.resets.count == 1 && pool.dials.isEmpty)
    #expect(pool.figures.inUse == 1 && pool.figures.waiting == 1)
    try pool.resetEnded(well: true)
    #expect(pool.leases[3]?.connection.number == 1)
  }

  @Test("One that does not pass is closed, and the next is taken, or a new one made")
  func failedLiveness() throws {
    var pool = PoolBench(maximum: 2, livenessCheckIdle: .zero)
    pool.borrow(1)
    pool.borrow(2)
    try pool.connected()
    try pool.connected()
    try pool.giveBack(1)
    try pool.giveBack(2)
    pool.borrow(3)
    try pool.resetEnded(well: false)
    #expect(pool.last.closings.first?.reason == .liveness)
    #expect(pool.resets.count == 1 && pool.dials.isEmpty)
    try pool.resetEnded(well: false)
    #expect(pool.dials.count == 1)
    try pool.connected()
    #expect(pool.leases[3]?.connection.number == 3)
  }

  @Test("A check whose borrower was cancelled ends in an idle connection")
  func cancelledCheck() throws {
    var pool = PoolBench(maximum: 1, livenessCheckIdle: .zero)
    pool.borrow(1)
    try pool.connected()
    try pool.giveBack(1)
    pool.borrow(2)
    try pool.cancel(2)
    try pool.resetEnded(well: true)
    #expect(pool.figures == PoolFigures(maximum: 1, inUse: 0, idle: 1, creating: 0, waiting: 0))
  }

  @Test("A connection that needs a reset gets it before the next borrower does, without another being made for it")
  func resetOnReturn() throws {
    var pool = PoolBench(maximum: 5)
    pool.borrow(1)
    let connection = try pool.connected()
    connection.soil()
    try pool.giveBack(1)
    #expect(pool.resets.count == 1 && pool.figures.idle == 0 && pool.figures.inUse == 1)
    pool.borrow(2)
    #expect(pool.dials.isEmpty && pool.leases[2] == nil)
    try pool.resetEnded(well: true)
    #expect(pool.leases[2]?.connection === connection)
    connection.soil()
    try pool.giveBack(2)
    try pool.resetEnded(well: false)
    #expect(pool.machine.counters.closed == [.liveness: 1] && pool.figures.inUse == 0)
  }

  @Test("A purge closes what is idle now and what is lent when it comes back, and the pool goes on")
  func purge() throws {
    var pool = PoolBench(maximum: 3)
    for borrower in 1...3 { pool.borrow(borrower) }
    try pool.connected()
    try pool.connected()
    try pool.giveBack(1)
    pool.step { machine, now, actions in machine.purge(now: now, &actions) }
    #expect(pool.last.closings.isEmpty, "the idle one had gone to the third borrower")
    try pool.giveBack(2)
    #expect(pool.last.closings.first?.reason == .purged)
    try pool.connected()
    #expect(pool.machine.counters.closed == [.purged: 2], "one begun before the purge is not trusted")
    try pool.giveBack(3)
    pool.borrow(4)
    try pool.connected()
    #expect(pool.leases[4] != nil && pool.machine.counters.closed == [.purged: 3])
  }

  @Test("The sweep before a snapshot closes broken idle connections")
  func sweep() throws {
    var pool = PoolBench(maximum: 3)
    for borrower in 1...3 { pool.borrow(borrower) }
    let broken = try pool.connected()
    try pool.connected()
    try pool.connected()
    for borrower in 1...3 { try pool.giveBack(borrower) }
    broken.breakDown()
    pool.step { machine, now, actions in machine.sweep(now: now, &actions) }
    #expect(pool.figures.idle == 2 && pool.machine.counters.closed == [.error: 1])
  }

  @Test("Closing turns borrowers away, waits for what is lent, and ends when everything is closed")
  func drain() throws {
    var pool = PoolBench(maximum: 2)
    pool.borrow(1)
    pool.borrow(2)
    try pool.connected()
    pool.borrow(3)
    pool.step { machine, _, actions in machine.drain(&actions) }
    #expect(Set(pool.refused.keys) == [2, 3] && pool.last.cancelOperations && !pool.last.isDrained)
    pool.borrow(4)
    guard case .closed? = pool.refused[4] else {
      Issue.record("lent after closing")
      return
    }
    try pool.failedToConnect(CancellationError())
    #expect(pool.machine.counters.failedToCreate == 0 && !pool.last.isDrained)
    try pool.giveBack(1)
    #expect(pool.last.closings.first?.reason == .shutdown && !pool.last.isDrained)
    pool.closedAll()
    #expect(pool.last.isDrained && pool.machine.phase == .closed)
  }

  @Test("Abandoned loans are closed under their borrowers; giving them back does nothing more")
  func abandon() throws {
    var pool = PoolBench(maximum: 2)
    pool.borrow(1)
    pool.borrow(2)
    try pool.connected()
    try pool.connected()
    pool.step { machine, _, actions in machine.drain(&actions) }
    pool.step { machine, _, actions in machine.abandonLoans(&actions) }
    #expect(pool.last.closings.count == 2)
    pool.closedAll()
    #expect(pool.last.isDrained)
    try pool.giveBack(1)
    #expect(pool.last.closings.isEmpty)
    #expect(pool.machine.counters.closed == [.shutdown: 2])
  }

  @Test("A connection that is ready only after closing began is closed")
  func lateArrival() throws {
    var pool = PoolBench(maximum: 1)
    pool.borrow(1)
    pool.step { machine, _, actions in machine.drain(&actions) }
    try pool.connected()
    #expect(pool.last.closings.first?.reason == .shutdown)
    pool.closedAll()
    #expect(pool.machine.phase == .closed)
  }

  @Test("An unused pool is closed at once")
  func closeUnused() {
    var pool = PoolBench(maximum: 1)
    pool.step { machine, _, actions in machine.drain(&actions) }
    #expect(pool.last.isDrained)
    pool.step { machine, _, actions in machine.drain(&actions) }
    #expect(pool.last.isDrained, "whoever closes it again learns so too")
  }
}
