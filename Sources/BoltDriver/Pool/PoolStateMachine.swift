internal import DequeModule

/// The rules of a pool: a value without tasks, sockets, locks or a clock of its own. Each step returns what has to be
/// done.
///
/// Connections on their way (being made, checked, reset) belong to nobody: whoever has waited longest gets the next one
/// that is ready, wherever it comes from. So a borrower who is cancelled costs nothing, and nobody is overtaken.
///
/// While somebody waits, no usable connection is idle, and as many are on their way as there are borrowers waiting, as
/// far as the maximum allows.
struct PoolStateMachine<Connection: PoolableConnection, Request: Sendable>: ~Copyable, Sendable {
  /// A time, as the span since ``DriverClock/origin``.
  typealias Time = Duration
  typealias Actions = PoolActions<Connection, Request>
  typealias Lease = PoolLease<Connection>

  enum Phase: Equatable {
    case running
    /// No more loans; what is lent or on its way is waited for.
    case draining
    case closed
  }

  /// How a borrower fares who comes while the pool is open.
  enum Acquisition {
    case lent(Lease)
    /// Nothing is free: wait in line under this number.
    case mustWait(UInt64)
    case closed
  }

  struct Member {
    let connection: Connection
    let createdAt: Time
    /// The generation it was made in; one of an older generation is not lent again.
    let generation: UInt64
  }

  private struct Idle {
    let member: Member
    let since: Time
  }

  private struct Loan {
    let member: Member
    let since: Time
  }

  private enum Operation {
    case dial(since: Time, generation: UInt64, token: AuthToken?)
    case reset(Member)
  }

  let limits: PoolLimits
  /// Whether steps tell what a metrics backend wants to know.
  private let isMeasured: Bool
  private(set) var phase = Phase.running
  private(set) var counters = PoolCounters()
  /// When the timer that was asked for last will ring.
  private(set) var timerAt: Time?
  private var idle: Deque<Idle> = []
  private var loans: [UInt64: Loan] = [:]
  private var operations: [UInt64: Operation] = [:]
  private var dialing = 0
  private var waiters = WaiterQueue<Request>()
  private var closing = 0
  private var generation: UInt64 = 0
  private var lastNumber: UInt64 = 0
  private var lastFailure: (any Error)?

  init(limits: PoolLimits, isMeasured: Bool = false) {
    self.limits = limits
    self.isMeasured = isMeasured
  }

  // MARK: Borrowing

  /// Lends a connection if one is free and nobody was there before.
  mutating func acquire(now: Time, _ actions: inout Actions) -> Acquisition {
    guard phase == .running else { return .closed }
    let number = nextNumber()
    guard waiters.isEmpty else { return .mustWait(number) }
    while let candidate = popUsable(now, &actions) {
      guard !needsCheck(candidate, now) else {
        idle.append(candidate)
        return .mustWait(number)
      }
      return .lent(lend(candidate.member, number: number, waited: .zero, now, &actions))
    }
    return .mustWait(number)
  }

  /// Puts a borrower in line, under the number from ``acquire(now:_:)``.
  ///
  /// - Parameters:
  ///   - since: When the borrower came.
  ///   - deadline: When it gives up.
  ///   - token: With which token it wants to be logged in; nil when it does not matter.
  mutating func wait(
    _ request: Request, number: UInt64, since: Time, deadline: Time, token: AuthToken? = nil, now: Time,
    _ actions: inout Actions
  ) {
    guard phase == .running else { return actions.refusals.append((request, .closed)) }
    waiters.append(WaiterQueue.Waiter(id: number, request: request, since: since, deadline: deadline, token: token))
    serve(now, dialingWith: token, &actions)
    setTimer(&actions)
  }

  /// A borrower no longer wants to wait.
  mutating func cancel(number: UInt64, _ actions: inout Actions) {
    if let waiter = waiters.remove(number) { actions.refusals.append((waiter.request, .cancelled)) }
  }

  /// The timer that was set for `time` rang.
  mutating func timerRang(_ time: Time, _ actions: inout Actions) {
    guard timerAt == time else { return }
    timerAt = nil
    while let waiter = waiters.popExpired(by: time) {
      counters.timeouts &+= 1
      measure(.timedOut, &actions)
      let waited = waiter.deadline - waiter.since
      let refusal = Actions.Refusal.timeout(waited: waited, figures: figures, lastFailure: lastFailure)
      actions.refusals.append((waiter.request, refusal))
    }
    setTimer(&actions)
  }

  /// A borrower gives its connection back; a loan that is over already is not looked at.
  mutating func release(number: UInt64, now: Time, _ actions: inout Actions) {
    guard let loan = loans.removeValue(forKey: number) else { return }
    counters.useTime.record(now - loan.since)
    measure(.used(now - loan.since), &actions)
    let member = loan.member
    if let reason = reasonToClose(member, now) {
      close(member.connection, reason, &actions)
    } else if member.connection.needsReset {
      reset(member, &actions)
    } else {
      offer(member, now, &actions)
    }
    dropOutdated(now, &actions)
    serve(now, &actions)
  }

  // MARK: Reports about connections on their way

  /// Whether connection number `number` is still being made or reset.
  func isPending(_ number: UInt64) -> Bool { operations[number] != nil }

  /// With which token connection number `number`, which is being made, is to be logged in.
  func token(ofDial number: UInt64) -> AuthToken? {
    if case .dial(_, _, let token)? = operations[number] { token } else { nil }
  }

  /// A connection is made.
  mutating func dialed(_ number: UInt64, _ connection: Connection, now: Time, _ actions: inout Actions) {
    guard case .dial(let since, let generation, let token)? = operations.removeValue(forKey: number) else { return }
    dialing -= 1
    counters.created &+= 1
    counters.createTime.record(now - since)
    measure(.created(now - since), &actions)
    guard connection.isUsable || phase != .running else {
      close(connection, .error, &actions)
      let error = BoltError(.serviceUnavailable, "the server closed a connection as soon as it was made")
      return failed(number, error, token, now, &actions)
    }
    if lastFailure != nil { actions.isRelieved = true }
    lastFailure = nil
    settle(Member(connection: connection, createdAt: now, generation: generation), now, &actions)
  }

  /// A connection could not be made.
  mutating func dialFailed(_ number: UInt64, _ error: any Error, now: Time, _ actions: inout Actions) {
    guard case .dial(_, _, let token)? = operations.removeValue(forKey: number) else { return }
    dialing -= 1
    guard phase == .running else { return checkDrained(&actions) }
    counters.failedToCreate &+= 1
    failed(number, error, token, now, &actions)
  }

  /// A connection is reset, or passed its check.
  mutating func resetDone(_ number: UInt64, now: Time, _ actions: inout Actions) {
    guard case .reset(let member)? = operations.removeValue(forKey: number) else { return }
    settle(member, now, &actions)
  }

  /// A connection could not be reset, or did not pass its check.
  mutating func resetFailed(_ number: UInt64, now: Time, _ actions: inout Actions) {
    guard case .reset(let member)? = operations.removeValue(forKey: number) else { return }
    close(member.connection, phase == .running ? .liveness : .shutdown, &actions)
    serve(now, &actions)
  }

  /// A connection that was to be closed is closed.
  mutating func closed(_ actions: inout Actions) {
    closing -= 1
    checkDrained(&actions)
  }

  // MARK: The pool as a whole

  /// Closes what is idle and, when it is given back, what is lent; new connections take their place as they are needed.
  mutating func purge(now: Time, _ actions: inout Actions) {
    guard phase == .running else { return }
    generation &+= 1
    while let entry = idle.popFirst() { close(entry.member.connection, .purged, &actions) }
    serve(now, &actions)
  }

  /// Begins to close: nobody gets a connection any more; what is lent is waited for.
  mutating func drain(_ actions: inout Actions) {
    guard phase == .running else { return checkDrained(&actions) }
    phase = .draining
    timerAt = nil
    while let waiter = waiters.popFirst() { actions.refusals.append((waiter.request, .closed)) }
    while let entry = idle.popFirst() { close(entry.member.connection, .shutdown, &actions) }
    actions.cancelOperations = true
    checkDrained(&actions)
  }

  /// Ends the wait for what is lent: it is closed under its borrowers.
  mutating func abandonLoans(_ actions: inout Actions) {
    guard phase == .draining else { return }
    for loan in loans.values { close(loan.member.connection, .shutdown, &actions) }
    loans.removeAll()
    checkDrained(&actions)
  }

  /// The state in numbers.
  var figures: PoolFigures {
    PoolFigures(
      maximum: limits.maximumSize, inUse: loans.count + operations.count - dialing, idle: idle.count, creating: dialing,
      waiting: waiters.count)
  }

  /// How many connections are being closed.
  var closingCount: Int { closing }

  /// Closes idle connections that broke or are too old, so that the figures tell of usable ones only.
  mutating func sweep(now: Time, _ actions: inout Actions) {
    guard phase == .running else { return }
    let all = idle
    idle.removeAll(keepingCapacity: true)
    for entry in all {
      if let reason = reasonToClose(entry.member, now) {
        close(entry.member.connection, reason, &actions)
      } else {
        idle.append(entry)
      }
    }
  }

  /// When the oldest connection was made; nil when there is none.
  var oldestCreation: Time? {
    var oldest = idle.lazy.map(\.member.createdAt).min()
    func see(_ time: Time) { oldest = min(oldest ?? time, time) }
    for loan in loans.values { see(loan.member.createdAt) }
    for case .reset(let member) in operations.values { see(member.createdAt) }
    return oldest
  }

  // MARK: Inside

  private var size: Int { idle.count + loans.count + operations.count }

  private mutating func nextNumber() -> UInt64 {
    lastNumber &+= 1
    return lastNumber
  }

  /// Gives those who wait what is idle, and starts what they still lack.
  private mutating func serve(_ now: Time, dialingWith token: AuthToken? = nil, _ actions: inout Actions) {
    guard phase == .running else { return checkDrained(&actions) }
    while !waiters.isEmpty, let candidate = popUsable(now, &actions) {
      if !needsCheck(candidate, now) {
        offer(candidate.member, now, &actions)
      } else if waiters.count > operations.count {
        reset(candidate.member, &actions)
      } else {
        idle.append(candidate)
        break
      }
    }
    while waiters.count > operations.count, size < limits.maximumSize {
      let number = nextNumber()
      operations[number] = .dial(since: now, generation: generation, token: token ?? waiters.firstToken)
      dialing += 1
      actions.dials.append(number)
    }
  }

  /// Attempt number `number` to connect gave nothing that can be used.
  ///
  /// All who wait since before that attempt began learn why at once, unless a connection that exists may still come to
  /// them: then only the first does. So nobody waits for a server that is not there, and a refused login is not tried
  /// again once for every borrower in line.
  ///
  /// A login that was refused is the trouble of those who want the same one.
  private mutating func failed(
    _ number: UInt64, _ error: any Error, _ token: AuthToken?, _ now: Time, _ actions: inout Actions
  ) {
    let token = (error as? BoltError)?.code.isSecurity == true ? token : nil
    if lastFailure == nil { actions.trouble = error }
    lastFailure = error
    let others = !loans.isEmpty || operations.count > dialing
    if let first = waiters.popFirst(wanting: token) {
      actions.refusals.append((first.request, .failed(error)))
      if !others {
        let rest = waiters.popAll(wanting: token, before: number)
        actions.refusals.append(contentsOf: rest.map { ($0.request, .failed(error)) })
      }
    }
    serve(now, &actions)
  }

  /// A connection came to the end of its way.
  private mutating func settle(_ member: Member, _ now: Time, _ actions: inout Actions) {
    if let reason = reasonToClose(member, now) {
      close(member.connection, reason, &actions)
    } else {
      offer(member, now, &actions)
    }
    serve(now, &actions)
  }

  /// Lends a usable connection to the one who has waited longest, or lays it by.
  private mutating func offer(_ member: Member, _ now: Time, _ actions: inout Actions) {
    guard let waiter = waiters.popFirst() else { return idle.append(Idle(member: member, since: now)) }
    let lease = lend(member, number: nextNumber(), waited: now - waiter.since, now, &actions)
    actions.loans.append((waiter.request, lease))
  }

  private mutating func lend(
    _ member: Member, number: UInt64, waited: Duration, _ now: Time, _ actions: inout Actions
  ) -> Lease {
    loans[number] = Loan(member: member, since: now)
    counters.lent(after: waited)
    measure(.waited(waited), &actions)
    return Lease(connection: member.connection, id: number)
  }

  private func measure(_ measurement: @autoclosure () -> PoolMeasurement, _ actions: inout Actions) {
    if isMeasured { actions.measurements.append(measurement()) }
  }

  private mutating func reset(_ member: Member, _ actions: inout Actions) {
    let number = nextNumber()
    operations[number] = .reset(member)
    actions.resets.append((number, member.connection))
  }

  private mutating func close(_ connection: Connection, _ reason: ConnectionCloseReason, _ actions: inout Actions) {
    counters.closed[reason, default: 0] &+= 1
    closing += 1
    actions.closings.append((connection, reason))
  }

  /// Takes the connection that was used last; those that are not to be lent any more are closed on the way.
  private mutating func popUsable(_ now: Time, _ actions: inout Actions) -> Idle? {
    while let entry = idle.popLast() {
      guard let reason = reasonToClose(entry.member, now) else { return entry }
      close(entry.member.connection, reason, &actions)
    }
    return nil
  }

  /// Closes outdated connections at the end where nobody takes any while traffic is low.
  private mutating func dropOutdated(_ now: Time, _ actions: inout Actions) {
    while let entry = idle.first, let reason = reasonToClose(entry.member, now) {
      idle.removeFirst()
      close(entry.member.connection, reason, &actions)
    }
  }

  private func reasonToClose(_ member: Member, _ now: Time) -> ConnectionCloseReason? {
    if !member.connection.isUsable { return .error }
    if phase != .running { return .shutdown }
    if member.generation != generation { return .purged }
    if let lifetime = limits.maximumLifetime, now - member.createdAt >= lifetime { return .lifetime }
    return nil
  }

  private func needsCheck(_ entry: Idle, _ now: Time) -> Bool {
    limits.livenessCheckIdle.map { now - entry.since >= $0 } ?? false
  }

  private mutating func setTimer(_ actions: inout Actions) {
    guard let next = waiters.nextDeadline() else { return }
    if let timerAt, timerAt <= next { return }
    timerAt = next
    actions.timer = next
  }

  private mutating func checkDrained(_ actions: inout Actions) {
    guard phase != .running, loans.isEmpty, operations.isEmpty, closing == 0 else { return }
    phase = .closed
    actions.isDrained = true
  }
}
