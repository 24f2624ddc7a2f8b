package import Logging
internal import Synchronization

/// The connections to one server, lent one at a time.
///
/// The rules are ``PoolStateMachine``'s; this class holds it under a lock and does what it says. Connections are made,
/// checked, reset and closed by tasks of the pool's own, each bounded by a deadline and waited for by
/// ``close(grace:)``, so that what a borrower does, and when it is cancelled, never leaves one half made.
package final class ConnectionPool<Connection: PoolableConnection>: Sendable {
  package typealias Instant = ContinuousClock.Instant
  package typealias Lease = PoolLease<Connection>
  private typealias Request = CheckedContinuation<Lease, any Error>
  private typealias Machine = PoolStateMachine<Connection, Request>
  private typealias Actions = PoolActions<Connection, Request>

  private struct State: ~Copyable, Sendable {
    var machine: Machine
    /// The tasks that make and reset connections, by the number of the operation.
    var tasks: [UInt64: Task<Void, Never>] = [:]
    var timer: Task<Void, Never>?
    /// Those who wait until everything is closed.
    var closers: [CheckedContinuation<Void, Never>] = []
  }

  /// The server, for errors, metrics and logs.
  package let address: ServerAddress
  private let limits: PoolLimits
  private let clock: DriverClock
  private let logger: Logger
  private let instruments: PoolInstruments?
  private let connect: @Sendable (_ token: AuthToken?, _ deadline: Instant) async throws -> Connection
  private let state: Lock<State>

  /// A pool without connections; the first borrower causes the first one.
  ///
  /// - Parameters:
  ///   - address: The server, for errors, metrics and logs.
  ///   - limits: How many, how old, how long.
  ///   - clock: Where the time comes from.
  ///   - logger: Hears when connecting stops working and when it works again.
  ///   - instruments: The figures for a metrics backend; nil when there is none.
  ///   - connect: Makes a connection ready for use, login included: with the token of the borrower that it is made for.
  ///     It ends by the deadline, and soon when its task is cancelled; what it had opened is then closed.
  package init(
    address: ServerAddress, limits: PoolLimits, clock: DriverClock = .continuous, logger: Logger,
    instruments: PoolInstruments? = nil,
    connect: @escaping @Sendable (_ token: AuthToken?, _ deadline: Instant) async throws -> Connection
  ) {
    self.address = address
    self.limits = limits
    self.clock = clock
    self.logger = logger
    self.instruments = instruments
    self.connect = connect
    state = Lock(State(machine: Machine(limits: limits, isMeasured: instruments != nil)))
  }

  deinit {
    let figures = state.withLock { state in
      state.timer?.cancel()
      return state.machine.figures
    }
    instruments?.forget(figures)
  }

  // MARK: Borrowing

  /// Borrows a connection; it must be given back with ``release(_:)``, also when the task was cancelled meanwhile.
  ///
  /// - Parameters:
  ///   - deadline: When to give up, whatever it is that takes so long; nil for the limit of the pool's settings.
  ///   - token: With which token a connection is logged in that is made for this borrower; one that exists may be
  ///     somebody else's.
  /// - Throws: ``BoltError``: `poolTimeout` at the deadline, `closed`, or why no connection could be made.
  ///   `CancellationError` when the task is cancelled.
  package func acquire(deadline: Instant? = nil, token: AuthToken? = nil) async throws -> Lease {
    try Task.checkCancellation()
    let now = clock.time
    let acquisition = step { machine, actions in machine.acquire(now: now, &actions) }
    switch acquisition {
    case .lent(let lease): return lease
    case .closed: throw closedError
    case .mustWait(let number):
      return try await wait(
        number, since: now, deadline: deadline ?? ContinuousClock.now + limits.operationTimeout, token)
    }
  }

  /// Gives a connection back. Never waits; a second time does nothing.
  package func release(_ lease: Lease) {
    let now = clock.time
    step { machine, actions in machine.release(number: lease.id, now: now, &actions) }
  }

  /// Borrows a connection for the time of `body`.
  ///
  /// - Throws: What ``acquire(deadline:)`` throws, or what `body` throws.
  package func withConnection<Result>(
    deadline: Instant? = nil, _ body: (Connection) async throws -> Result
  ) async throws -> Result {
    let lease = try await acquire(deadline: deadline)
    defer { release(lease) }
    return try await body(lease.connection)
  }

  // MARK: The pool as a whole

  /// Closes the idle connections now and the lent ones when they are given back: their server or their login is no
  /// longer valid. The pool stays open.
  package func purge() {
    let now = clock.time
    step { machine, actions in machine.purge(now: now, &actions) }
  }

  /// Closes the pool: borrowers are turned away, idle connections closed, lent ones waited for, and after the grace
  /// closed under their borrowers. Returns when every connection is closed. May be called more than once and from
  /// several tasks.
  ///
  /// - Parameter grace: How long to wait for what is lent; cancelling the task ends the wait at once.
  package func close(grace: Duration = .zero) async {
    step { machine, actions in machine.drain(&actions) }
    var timer: Task<Void, Never>?
    if grace > .zero {
      timer = Task.detached { [clock, self] in
        try? await clock.sleepUntil(ContinuousClock.now + grace)
        step { machine, actions in machine.abandonLoans(&actions) }
      }
    } else {
      step { machine, actions in machine.abandonLoans(&actions) }
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isClosed = state.withLock { state in
          if state.machine.phase == .closed { return true }
          state.closers.append(continuation)
          return false
        }
        if isClosed { continuation.resume() }
      }
    } onCancel: { [timer] in
      timer?.cancel()
    }
    timer?.cancel()
  }

  /// The figures of this moment.
  package var metrics: PoolMetrics {
    let now = clock.time
    return step { machine, actions in
      machine.sweep(now: now, &actions)
      let (figures, counters) = (machine.figures, machine.counters)
      return PoolMetrics(
        address: address.description, maximum: figures.maximum, inUse: figures.inUse, idle: figures.idle,
        creating: figures.creating, waiting: figures.waiting, created: counters.created,
        failedToCreate: counters.failedToCreate, closed: counters.closed, acquired: counters.acquired,
        timeouts: counters.timeouts, acquireTime: counters.acquireTime, useTime: counters.useTime,
        createTime: counters.createTime, oldestConnection: machine.oldestCreation.map { now - $0 })
    }
  }

  /// How many connections are lent or on their way to or from a borrower: what load is balanced by.
  package var inUse: Int { state.withLock { $0.machine.figures.inUse } }

  /// Whether ``close(grace:)`` was called: nothing is lent any more.
  package var isClosing: Bool { state.withLock { $0.machine.phase != .running } }

  // MARK: Inside

  private func wait(
    _ number: UInt64, since: Duration, deadline: Instant, _ token: AuthToken?
  ) async throws -> Lease {
    let deadline = DriverClock.origin.duration(to: deadline)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let now = clock.time
        let isCancelled = step { machine, actions in
          // Asked under the lock: a cancellation that is not seen here finds the borrower in line.
          if Task.isCancelled { return true }
          machine.wait(
            continuation, number: number, since: since, deadline: deadline, token: token, now: now, &actions)
          return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
      }
    } onCancel: {
      step { machine, actions in machine.cancel(number: number, &actions) }
    }
  }

  /// Takes a step under the lock, then does what it asks for.
  @discardableResult
  private func step<Result: Sendable>(_ body: (inout Machine, inout Actions) -> Result) -> Result {
    var actions = Actions()
    let result = advance(&actions) { state, actions in body(&state.machine, &actions) }
    perform(actions)
    return result
  }

  /// Changes the state under the lock, and tells the metrics backend what changed.
  private func advance<Result: Sendable>(
    _ actions: inout Actions, _ change: (inout State, inout Actions) -> Result
  ) -> Result {
    guard let instruments else { return state.withLock { state in change(&state, &actions) } }
    let (result, before, after) = state.withLock { state in
      let before = state.machine.figures
      let result = change(&state, &actions)
      return (result, before, state.machine.figures)
    }
    instruments.record(actions.measurements, from: before, to: after)
    return result
  }

  private func perform(_ actions: Actions) {
    guard !actions.isEmpty else { return }
    // Told first: whoever goes on because of it may look into the log.
    if let error = actions.trouble {
      logger.warning(
        "no connection to the graph", metadata: ["server": "\(address)", "error": "\(LoggedError(error))"])
    }
    if actions.isRelieved { logger.notice("connected to the graph again", metadata: ["server": "\(address)"]) }
    for number in actions.dials { dial(number) }
    for (number, connection) in actions.resets { reset(number, connection) }
    for (connection, reason) in actions.closings { close(connection, reason) }
    for (request, lease) in actions.loans { request.resume(returning: lease) }
    for (request, refusal) in actions.refusals { request.resume(throwing: error(for: refusal)) }
    if let time = actions.timer { setTimer(time) }
    if actions.cancelOperations { cancelOperations() }
    if actions.isDrained { resumeClosers() }
  }

  private func dial(_ number: UInt64) {
    let deadline = ContinuousClock.now + limits.operationTimeout
    let token = state.withLock { $0.machine.token(ofDial: number) }
    operate(number) { [self] in
      do {
        let connection = try await connect(token, deadline)
        return { machine, now, actions in machine.dialed(number, connection, now: now, &actions) }
      } catch {
        return { machine, now, actions in machine.dialFailed(number, error, now: now, &actions) }
      }
    }
  }

  private func reset(_ number: UInt64, _ connection: Connection) {
    let deadline = ContinuousClock.now + limits.resetTimeout
    operate(number) {
      do {
        try await connection.reset(deadline: deadline)
        return { machine, now, actions in machine.resetDone(number, now: now, &actions) }
      } catch {
        return { machine, now, actions in machine.resetFailed(number, now: now, &actions) }
      }
    }
  }

  /// Runs an operation in a task that ``close(grace:)`` can cancel, and reports its end.
  private func operate(
    _ number: UInt64, _ work: @escaping @Sendable () async -> @Sendable (inout Machine, Duration, inout Actions) -> Void
  ) {
    let task = Task.detached { [self] in
      let report = await work()
      let now = clock.time
      var actions = Actions()
      advance(&actions) { state, actions in
        state.tasks[number] = nil
        report(&state.machine, now, &actions)
      }
      perform(actions)
    }
    let isTooLate = state.withLock { state in
      // It may be over already; and when the pool began to close before the task was known, nobody else cancels it.
      guard state.machine.isPending(number) else { return false }
      state.tasks[number] = task
      return state.machine.phase != .running
    }
    // Not under the lock: cancellation runs handlers that may ask the pool for its figures.
    if isTooLate { task.cancel() }
  }

  private func close(_ connection: Connection, _ reason: ConnectionCloseReason) {
    Task.detached { [self] in
      await connection.close(reason: reason)
      step { machine, actions in machine.closed(&actions) }
    }
  }

  private func cancelOperations() {
    let tasks = state.withLock { state in
      state.timer?.cancel()
      state.timer = nil
      return Array(state.tasks.values)
    }
    for task in tasks { task.cancel() }
  }

  private func setTimer(_ time: Duration) {
    let instant = DriverClock.origin + time
    // The task does not keep the pool alive while it sleeps.
    let task = Task.detached { [weak self, clock] in
      do { try await clock.sleepUntil(instant) } catch { return }
      self?.step { machine, actions in machine.timerRang(time, &actions) }
    }
    state.withLock { state in
      // Another borrower with an earlier deadline may have set its own meanwhile.
      guard state.machine.timerAt == time else { return task.cancel() }
      state.timer?.cancel()
      state.timer = task
    }
  }

  private func resumeClosers() {
    let closers = state.withLock { state in
      let closers = state.closers
      state.closers = []
      return closers
    }
    for closer in closers { closer.resume() }
  }

  private var closedError: BoltError {
    BoltError(.closed, "the driver is closed: it lends no connection", address: "\(address)")
  }

  private func error(for refusal: Actions.Refusal) -> any Error {
    switch refusal {
    case .cancelled: return CancellationError()
    case .closed: return closedError
    case .failed(let error): return error
    case .timeout(let waited, let figures, let lastFailure):
      let state =
        "of at most \(figures.maximum), \(figures.inUse) are in use, \(figures.creating) being made, "
        + "\(figures.idle) idle"
      return BoltError(
        .poolTimeout,
        "no connection within \(waited): \(state), and \(figures.waiting) more borrowers wait; hold sessions for a "
          + "shorter time or raise the pool's size", address: "\(address)", underlying: lastFailure)
    }
  }
}
