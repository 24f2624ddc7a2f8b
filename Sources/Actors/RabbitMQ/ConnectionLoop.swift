internal import CRabbitMQ
import Glibc
import Logging
import Synchronization

/// One AMQP connection and its thread, the keeper, which connects, reads, writes, keeps the heartbeat, and comes back after
/// every loss until it is stopped. User code never runs on it. Other threads may use the open connection in its place, see
/// ``ConnectionLease``; connecting, requests that wait for an answer, recovery and the end are the keeper's.
///
/// What can stall, and what ends it: connecting is bounded by `connectTimeout`, requests by `requestTimeout`, a silent
/// broker by two heartbeats, a write that hangs by the ``HangWatch``: the timer thread cuts the socket. A thread that holds
/// the lease and does not come back runs a message: the lease is recalled.
final class ConnectionLoop: Sendable {
  private let configuration: RabbitMQConfiguration
  private let logger: Logger
  private let roleName: String
  let wakeup = Wakeup()
  private let lease = ConnectionLease<ServedConnection>()
  private let hangs: HangWatch
  /// Threads that may attend the connection.
  private let threads: (any AttendingSink)?
  private let isStopping = Atomic(false)
  private let hasEnded = Lock<(ended: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

  /// - Parameter threads: Threads that may attend the connection when they have nothing else to do.
  init(
    _ configuration: RabbitMQConfiguration, role: String, threads: (any AttendingSink)? = nil, logger: Logger
  ) {
    self.configuration = configuration
    self.logger = logger
    self.threads = threads
    roleName = role
    hangs = HangWatch(role, limit: configuration.hangLimit, logger: logger)
  }

  /// Starts the thread; `makeRole` runs on it.
  func start(_ makeRole: @escaping @Sendable () -> any ConnectionRole) {
    DeadlineTimer.shared.register(hangs)
    threads?.attach(self)
    let started = NamedThread.start("amqp-\(roleName)") { [self] in
      run(makeRole())
      end()
    }
    if !started {
      logger.critical("no thread for the AMQP \(roleName) connection")
      end()
    }
  }

  /// Asks the loop to flush, to close and to end.
  func stop() {
    isStopping.store(true, ordering: .releasing)
    callKeeper()
  }

  /// Waits until the loop has ended.
  func join() async {
    await withCheckedContinuation { continuation in
      let ended = hasEnded.withLock { state in
        if !state.ended { state.waiters.append(continuation) }
        return state.ended
      }
      if ended { continuation.resume() }
    }
  }

  private func end() {
    DeadlineTimer.shared.unregister(hangs)
    let waiters = hasEnded.withLock { state in
      state.ended = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  private var mustStop: Bool { isStopping.load(ordering: .acquiring) }

  // MARK: - The thread

  private func run(_ role: any ConnectionRole) {
    var machine = RecoveryMachine(backoff: configuration.backoff)
    var nextURL = 0
    while !mustStop {
      if role.isWanted { machine.want() }
      switch machine.step(now: MonotonicClock.now) {
      case .nothing: if !role.isWanted { sleepDisconnected(MonotonicClock.now &+ ServedConnection.longestSleep, role) }
      case .sleep(let until): sleepDisconnected(until, role)
      case .probe: machine.portAnswered(anyPortAnswers(), now: MonotonicClock.now)
      case .connect:
        let url = configuration.urls[nextURL % configuration.urls.count]
        do throws(RabbitMQError) {
          let connection = try AMQPConnection(url, configuration, role: roleName)
          machine.connected(now: MonotonicClock.now)
          try serve(connection, role)
        } catch {
          report(error, &machine, role)
          nextURL += 1
        }
      }
    }
    role.stopped()
  }

  /// Serves one connection until it is lost or the loop is stopped.
  private func serve(_ connection: AMQPConnection, _ role: any ConnectionRole) throws(RabbitMQError) {
    // Many short requests in a row are no hang.
    connection.onAnswer = { [hangs] in hangs.renew() }
    let served = ServedConnection(connection, role, hangs)
    do throws(RabbitMQError) {
      try served.watching { () throws(RabbitMQError) in try role.opened(connection) }
      lease.serve(served)
      while !mustStop { try round(served, role) }
      lease.serve(nil)
      served.watching {
        role.closing(connection)
        connection.close()
      }
    } catch {
      lease.serve(nil)
      if error.status == .badData { served.watching { role.becameUnreadable(connection, error) } }
      role.lost(error)
      throw error
    }
  }

  /// One round: everything that is here is read, everything that is due is done, and when there was nothing, wait.
  private func round(_ served: ServedConnection, _ role: any ConnectionRole) throws(RabbitMQError) {
    lease.clearRecall()
    let isIdle = try served.work()
    let hasAsked = try served.watching { () throws(RabbitMQError) in try role.keep(served.connection) }
    // While the broker was asked, frames may have come that poll does not see.
    if hasAsked { served.wantRead() }
    guard isIdle, !hasAsked, role.prepareToSleep(connected: true) else { return }
    defer { role.wokeUp() }
    if role.mayPause(now: MonotonicClock.now) {
      // Nobody needs to signal: the pause is shorter than anything that could be in a hurry.
      role.wokeUp()
      ReadPacing.pause()
      return served.wantRead()
    }
    if let threads, !role.needsKeeper, try lease.lend(now: MonotonicClock.now, to: threads) { return served.wantRead() }
    if role.hasLoneVisitors, !mustStop {
      try lease.leave()
      return served.wantRead()
    }
    let event = served.nextEvent
    lease.beginWait()
    let isSignalOnly = mustStop || wakeup.wait(for: event)
    try lease.endWait()
    if !isSignalOnly { served.wantRead() }
  }

  private func sleepDisconnected(_ until: UInt64, _ role: any ConnectionRole) {
    if role.prepareToSleep(connected: false), !mustStop { wakeup.wait(for: Wakeup.Event(deadline: until)) }
    role.wokeUp()
  }

  private func report(_ error: RabbitMQError, _ machine: inout RecoveryMachine, _ role: any ConnectionRole) {
    let wasOpen = machine.state == .open
    machine.failed(error, now: MonotonicClock.now, jitter: .random(in: 0..<1))
    if !wasOpen { role.unreachable(error, attempts: machine.attempts) }
  }

  private func anyPortAnswers() -> Bool { configuration.urls.contains { PortProbe.answers($0) } }

  // MARK: - Other threads

  /// Something has come for a lent connection, which may have to be looked after again soon. What can be done at once is
  /// done on the calling thread; waking the keeper takes longer than most of it.
  func nudge() {
    guard let served = lease.borrow(onlyLent: true) else { return wakeup.signal() }
    var isDone = false
    var failure: RabbitMQError?
    do throws(RabbitMQError) { isDone = try served.role.workInPassing(served) } catch { failure = error }
    lease.giveBack(now: MonotonicClock.now, failure)
    if !isDone { wakeup.signal() }
  }

  /// Something has come for the connection, as with ``nudge()``, also for one that its keeper waits on. On a connection that
  /// was left to its visitors the calling thread then reads until it has its answer, for a moment: it would otherwise have to
  /// be woken by the thread that the answer wakes.
  ///
  /// - Parameter isAnswered: Whether there is nothing to wait for.
  /// - Returns: Whether the answer was waited for here.
  @discardableResult
  func visit(until isAnswered: () -> Bool) -> Bool {
    guard let served = lease.borrow(onlyLent: false) else {
      callKeeper()
      return false
    }
    var (isDone, hasWaited) = (false, false)
    var failure: RabbitMQError?
    do throws(RabbitMQError) {
      isDone = try served.role.workInPassing(served)
      if isDone, lease.isLent {
        hasWaited = true
        isDone = try receive(served, until: isAnswered)
      }
    } catch { failure = error }
    lease.giveBack(now: MonotonicClock.now, failure)
    if !isDone { callKeeper() }
    return hasWaited
  }

  /// How long a visitor waits for its answer, in nanoseconds: it is on a thread that other tasks need, too.
  private static let longestVisit: UInt64 = 1_000_000

  /// - Returns: Whether the keeper has nothing to do.
  private func receive(_ served: ServedConnection, until isAnswered: () -> Bool) throws(RabbitMQError) -> Bool {
    let end = MonotonicClock.now &+ Self.longestVisit
    while !isAnswered() {
      guard MonotonicClock.now < end, !lease.isRecalled else { return false }
      wakeup.wait(for: Wakeup.Event(socket: served.connection.socket, deadline: end))
      try served.receive()
    }
    return served.role.hasLoneVisitors && !served.hasMore && served.role.prepareToSleep(connected: true)
  }

  /// Something has come that only the keeper does.
  func callKeeper() {
    lease.recall()
    wakeup.signal()
  }
}

extension ConnectionLoop: DeliveryIntake {
  func attend(until isNeeded: () -> Bool) -> Bool {
    guard let served = lease.borrow(onlyLent: true) else { return false }
    var failure: RabbitMQError?
    do throws(RabbitMQError) { try attend(served, until: isNeeded) } catch { failure = error }
    lease.giveBack(now: MonotonicClock.now, failure)
    return true
  }

  private func attend(_ served: ServedConnection, until isNeeded: () -> Bool) throws(RabbitMQError) {
    served.role.wokeUp()
    while true {
      let isIdle = try served.work()
      if served.role.needsKeeper { lease.recall() }
      // From here on settlements tell when they are worth a visit.
      let maySleep = served.role.prepareToSleep(connected: true)
      if isNeeded() || lease.isRecalled { return }
      if isIdle, maySleep {
        if served.role.mayPause(now: MonotonicClock.now) {
          // Nobody needs to signal, as in the keeper's pause; a signal that nobody takes back would end the next wait.
          served.role.wokeUp()
          ReadPacing.pause()
          served.wantRead()
        } else if !wakeup.wait(for: served.nextEvent) {
          served.wantRead()
        }
      }
      served.role.wokeUp()
    }
  }

  func interrupt() { wakeup.signal() }

  var isLent: Bool { lease.isLent }

  func check(now: UInt64) { lease.recallIfNeglected(now: now) }

  func abandon() {
    lease.abandon()
    wakeup.signal()
  }
}
