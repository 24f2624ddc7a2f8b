import Testing

@testable import BoltDriver

@Suite("The pool in whatever order things happen")
struct PoolRandomWalkTests {
  @Test("4,000 random steps: nobody is answered twice or forgotten, nothing is lost", arguments: UInt64(1)...20)
  func walk(seed: UInt64) throws {
    var chance = SeededGenerator(seed: seed)
    var pool = PoolBench(
      maximum: Int.random(in: 1...6, using: &chance), lifetime: Bool.random(using: &chance) ? .seconds(40) : nil,
      livenessCheckIdle: Bool.random(using: &chance) ? .seconds(3) : nil)
    var everybody = 0
    for _ in 0..<4_000 {
      try step(&pool, &everybody, &chance)
      while let timer = pool.machine.timerAt, timer <= pool.now { pool.ring(timer) }
      let figures = pool.figures
      #expect(figures.inUse == pool.leases.count + pool.resets.count)
      #expect(figures.creating == pool.dials.count)
      #expect(figures.waiting == everybody - pool.refused.count - pool.returned - pool.leases.count)
      // Nobody waits while more could be done for them.
      let isFull = figures.inUse + figures.idle + figures.creating == figures.maximum
      #expect(isFull || figures.creating + pool.resets.count >= figures.waiting)
    }
    pool.step { machine, _, actions in machine.drain(&actions) }
    while !pool.dials.isEmpty { try pool.failedToConnect(CancellationError()) }
    while !pool.resets.isEmpty { try pool.resetEnded(well: true) }
    for borrower in pool.leases.keys.sorted() { try pool.giveBack(borrower) }
    pool.closedAll()
    #expect(pool.machine.phase == .closed)
    let counters = pool.machine.counters
    #expect(counters.created == counters.closed.values.reduce(0, +))
    #expect(counters.acquired == UInt64(pool.returned))
    #expect(everybody == pool.refused.count + pool.returned)
  }

  private func step(_ pool: inout PoolBench, _ everybody: inout Int, _ chance: inout SeededGenerator) throws {
    switch Int.random(in: 0..<100, using: &chance) {
    case 0..<35:
      everybody += 1
      pool.borrow(everybody, within: .milliseconds(Int.random(in: 1...20_000, using: &chance)))
    case 35..<60:
      guard let borrower = pool.leases.keys.sorted().randomElement(using: &chance) else { return }
      if Int.random(in: 0..<10, using: &chance) == 0 { pool.leases[borrower]?.connection.breakDown() }
      if Int.random(in: 0..<5, using: &chance) == 0 { pool.leases[borrower]?.connection.soil() }
      try pool.giveBack(borrower)
    case 60..<70:
      guard everybody > 0 else { return }
      let borrower = Int.random(in: 1...everybody, using: &chance)
      if pool.hasWaited(borrower) { try pool.cancel(borrower) }
    case 70..<82: if !pool.dials.isEmpty { try pool.connected() }
    case 82..<86: if !pool.dials.isEmpty { try pool.failedToConnect() }
    case 86..<93: if !pool.resets.isEmpty { try pool.resetEnded(well: Bool.random(using: &chance)) }
    case 93: pool.step { machine, now, actions in machine.purge(now: now, &actions) }
    case 94: pool.step { machine, now, actions in machine.sweep(now: now, &actions) }
    default: pool.pass(.milliseconds(Int.random(in: 1...2_000, using: &chance)))
    }
    if Int.random(in: 0..<4, using: &chance) == 0 { pool.closedAll() }
  }
}
