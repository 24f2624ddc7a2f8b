/// Who may use an open connection now: one thread at a time, and not always its own.
///
/// The connection's own thread, the keeper, holds it when it is needed and waits for frames. While it waits, another thread
/// may *borrow* the connection for a moment, to write what it would otherwise have to wake the keeper for. And while the
/// worker's threads are at work the keeper *lends* it: the thread that runs out of work waits for frames by itself, instead
/// of being woken by the keeper, and runs what has come without a change of threads. Nobody attends the connection while the
/// only such thread runs a message; when that takes long the lease is recalled and the keeper goes on.
///
/// A third case are senders who come one after the other, each alone: the keeper *leaves* them the connection, and each
/// reads its own answer, as long as one comes every few milliseconds.
final class ConnectionLease<Connection: Sendable>: Sendable {
  private enum Holder { case keeper, keeperWaiting, nobody, borrower }

  private struct State {
    var connection: Connection?
    var holder = Holder.keeper
    var isLent = false
    /// Whether it has been called back.
    var isRecalled = false
    /// Whether the keeper, which has just lent it, takes it back as soon as nobody is in it.
    var isWanted = false
    var isAbandoned = false
    var failure: RabbitMQError?
    /// Since when nobody has held a lent connection, in monotonic nanoseconds.
    var unattendedSince: UInt64 = 0
    var trust = LeaseTrust()
  }

  /// How long a lent connection may go without anybody, in nanoseconds.
  static var patience: UInt64 { 2_000_000 }

  /// How long a connection that was left to others may go without anybody, in nanoseconds.
  static var quiet: UInt64 { 10_000_000 }

  // Not `Lock`: the keeper waits on it.
  private let state = Monitor(State())

  // MARK: - The keeper

  /// The keeper has a connection to serve, or, with nil, it has none any more. Nobody else is in it.
  func serve(_ connection: Connection?) {
    state.withLock { state in
      state.connection = connection
      state.failure = nil
    }
  }

  /// The keeper is about to wait for frames: until ``endWait()`` others may borrow.
  func beginWait() { state.withLock { $0.holder = .keeperWaiting } }

  /// The wait is over. Waits until a borrower has given back.
  ///
  /// - Throws: What a borrower met.
  func endWait() throws(RabbitMQError) {
    state.waitUntil { state in
      guard state.holder != .borrower else { return false }
      state.holder = .keeper
      return true
    }
    try throwFailure()
  }

  /// Lends the connection and waits until it is recalled. Not to threads that have neglected it lately, and not when none of
  /// them is at work, to come by later.
  ///
  /// - Returns: Whether it was lent.
  /// - Throws: What a borrower met.
  func lend(now: UInt64, to threads: any AttendingSink) throws(RabbitMQError) -> Bool {
    let isLent = state.withLock { state in
      guard !state.isRecalled, !state.isAbandoned, state.trust.mayLend(now: now) else { return false }
      (state.isLent, state.holder, state.unattendedSince) = (true, .nobody, now)
      return true
    }
    guard isLent else { return false }
    // Asked after lending, so that whoever goes to rest from now on comes here first.
    let willAttend = threads.willAttend()
    state.waitUntil { state in
      if !willAttend { state.isWanted = true }
      guard state.isRecalled || state.isWanted || state.failure != nil, state.holder == .nobody else { return false }
      (state.isLent, state.isWanted, state.holder) = (false, false, .keeper)
      return true
    }
    try throwFailure()
    return willAttend
  }

  /// Leaves the connection to those who come by, until it is recalled, nobody has come for a while, or one has met a
  /// failure.
  ///
  /// - Parameter quiet: How long a while is, in nanoseconds.
  /// - Throws: What a borrower met.
  func leave(quiet: UInt64 = quiet) throws(RabbitMQError) {
    var isOver = false
    state.withLock { state in
      isOver = state.isRecalled || state.isAbandoned
      if !isOver { (state.isLent, state.holder, state.unattendedSince) = (true, .nobody, MonotonicClock.now) }
    }
    while !isOver {
      state.wait { state in
        let now = MonotonicClock.now
        guard state.holder == .nobody else { return now &+ quiet }
        let end = state.unattendedSince &+ quiet
        isOver = state.isRecalled || state.failure != nil || now >= end
        if isOver { (state.isLent, state.holder) = (false, .keeper) }
        return isOver ? nil : end
      } after: { _ in }
    }
    try throwFailure()
  }

  /// Takes up what a recall was for; from here on the connection can be lent again.
  func clearRecall() { state.withLock { $0.isRecalled = false } }

  private func throwFailure() throws(RabbitMQError) {
    let failure = state.withLock { state in
      defer { state.failure = nil }
      return state.failure
    }
    if let failure { throw failure }
  }

  // MARK: - Others

  /// Takes the connection, if nobody uses it now.
  ///
  /// - Parameter onlyLent: Whether it must have been lent.
  func borrow(onlyLent: Bool) -> Connection? {
    state.withLock { state in
      guard let connection = state.connection, !state.isRecalled, state.failure == nil else { return nil }
      switch state.holder {
      case .nobody: break
      case .keeperWaiting where !onlyLent: break
      default: return nil
      }
      state.holder = .borrower
      return connection
    }
  }

  /// Gives the connection back.
  ///
  /// - Parameters:
  ///   - now: Monotonic nanoseconds.
  ///   - failure: What made the connection unusable.
  func giveBack(now: UInt64, _ failure: RabbitMQError? = nil) {
    let mustSignal = state.withLock { state in
      state.holder = state.isLent ? .nobody : .keeperWaiting
      state.unattendedSince = now
      state.trust.attended()
      if let failure { state.failure = failure }
      return !state.isLent || state.isRecalled || state.isWanted || failure != nil
    }
    if mustSignal { state.signal() }
  }

  /// Whether the keeper waits for a lent connection to come back.
  var isRecalled: Bool { state.withLock { $0.isRecalled } }

  /// Calls a lent connection back: its keeper is needed.
  func recall() {
    state.withLock { $0.isRecalled = true }
    state.signal()
  }

  /// Calls a lent connection back for good.
  func abandon() {
    state.withLock { state in
      state.isAbandoned = true
      state.isRecalled = true
    }
    state.signal()
  }

  /// Whether the connection is lent.
  var isLent: Bool { state.withLock { $0.isLent } }

  /// Calls a lent connection back when nobody has attended it for too long.
  func recallIfNeglected(now: UInt64) {
    let isNeglected = state.withLock { state in
      guard state.isLent, state.holder == .nobody, !state.isRecalled,
        now > state.unattendedSince, now - state.unattendedSince >= Self.patience
      else { return false }
      state.trust.neglected(now: now)
      state.isRecalled = true
      return true
    }
    if isNeglected { state.signal() }
  }
}
