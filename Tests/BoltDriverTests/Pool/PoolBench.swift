import Testing

@testable import BoltDriver

/// A pool's state machine with a clock that only the test moves, and borrowers that are numbers.
struct PoolBench: ~Copyable {
  typealias Machine = PoolStateMachine<FakeConnection, Int>
  typealias Actions = PoolActions<FakeConnection, Int>
  typealias Lease = PoolLease<FakeConnection>

  var machine: Machine
  /// The time, which only the test moves.
  private(set) var now: Duration = .seconds(1_000)
  private var numbers: [Int: UInt64] = [:]
  private var made = 0
  /// What the last step asked for.
  var last = Actions()
  /// The attempts to connect that were asked for and not yet answered.
  var dials: [UInt64] = []
  /// How many attempts to connect were asked for in all.
  var dialsInAll = 0
  /// The connections being reset.
  var resets: [(id: UInt64, connection: FakeConnection)] = []
  /// Who holds a connection.
  var leases: [Int: Lease] = [:]
  /// How many have given their connection back.
  var returned = 0
  /// Who got none, and why.
  var refused: [Int: Actions.Refusal] = [:]

  init(
    maximum: Int, lifetime: Duration? = nil, livenessCheckIdle: Duration? = nil
  ) {
    machine = Machine(
      limits: PoolLimits(maximumSize: maximum, maximumLifetime: lifetime, livenessCheckIdle: livenessCheckIdle))
  }

  var figures: PoolFigures { machine.figures }

  mutating func pass(_ duration: Duration) { now += duration }

  /// A borrower comes; it gets a connection at once or waits.
  mutating func borrow(_ borrower: Int, within limit: Duration = .seconds(60)) {
    var actions = Actions()
    switch machine.acquire(now: now, &actions) {
    case .lent(let lease): leases[borrower] = lease
    case .closed: refused[borrower] = .closed
    case .mustWait(let number):
      numbers[borrower] = number
      machine.wait(borrower, number: number, since: now, deadline: now + limit, now: now, &actions)
    }
    note(actions)
  }

  mutating func giveBack(_ borrower: Int) throws {
    let lease = try #require(leases[borrower])
    leases[borrower] = nil
    returned += 1
    var actions = Actions()
    machine.release(number: lease.id, now: now, &actions)
    note(actions)
  }

  /// Whether this borrower has, or had, to wait.
  func hasWaited(_ borrower: Int) -> Bool { numbers[borrower] != nil }

  mutating func cancel(_ borrower: Int) throws {
    var actions = Actions()
    machine.cancel(number: try #require(numbers[borrower]), &actions)
    note(actions)
  }

  /// The oldest attempt to connect succeeds.
  @discardableResult
  mutating func connected() throws -> FakeConnection {
    try #require(!dials.isEmpty)
    made += 1
    let connection = FakeConnection(made)
    connected(connection)
    return connection
  }

  mutating func connected(_ connection: FakeConnection) {
    var actions = Actions()
    machine.dialed(dials.removeFirst(), connection, now: now, &actions)
    note(actions)
  }

  /// The oldest attempt to connect fails.
  mutating func failedToConnect(_ error: any Error = FakeConnection.Refused()) throws {
    try #require(!dials.isEmpty)
    var actions = Actions()
    machine.dialFailed(dials.removeFirst(), error, now: now, &actions)
    note(actions)
  }

  /// The oldest reset ends.
  mutating func resetEnded(well: Bool) throws {
    try #require(!resets.isEmpty)
    let (number, connection) = resets.removeFirst()
    var actions = Actions()
    if well {
      connection.clean()
      machine.resetDone(number, now: now, &actions)
    } else {
      machine.resetFailed(number, now: now, &actions)
    }
    note(actions)
  }

  mutating func ring(_ instant: Duration) {
    var actions = Actions()
    machine.timerRang(instant, &actions)
    note(actions)
  }

  /// Every connection that is being closed is closed.
  mutating func closedAll() {
    while machine.closingCount > 0 {
      var actions = Actions()
      machine.closed(&actions)
      note(actions)
    }
  }

  mutating func step(_ body: (inout Machine, Duration, inout Actions) -> Void) {
    var actions = Actions()
    body(&machine, now, &actions)
    note(actions)
  }

  private mutating func note(_ actions: Actions) {
    last = actions
    dials += actions.dials
    dialsInAll += actions.dials.count
    resets += actions.resets
    for (borrower, lease) in actions.loans {
      #expect(leases[borrower] == nil && refused[borrower] == nil, "borrower \(borrower) was answered twice")
      leases[borrower] = lease
    }
    for (borrower, refusal) in actions.refusals {
      #expect(leases[borrower] == nil && refused[borrower] == nil, "borrower \(borrower) was answered twice")
      refused[borrower] = refusal
    }
    let figures = machine.figures
    #expect(figures.inUse + figures.idle + figures.creating <= figures.maximum)
  }
}
