import Synchronization

/// One of the places in which a worker runs messages: a long-lived task that takes one delivery after the other.
///
/// To cancel one message is to cancel the slot's task. Such a slot is *doomed*: its task settles that message, ends,
/// and is replaced by a fresh one, so that the cancellation never hits the next message.
final class Slot: Sendable {
  /// What a slot's task does after a message.
  enum Fate: Sendable {
    /// It takes the next one.
    case goesOn
    /// It ends: it was cancelled. A fresh task takes its place.
    case doomed
    /// It ends: while it was stuck another slot was made in its place.
    case replaced
  }

  /// What the time limit of a run calls for now.
  enum Overrun: Sendable {
    case nothing
    /// The limit passed: the task has to be cancelled.
    case interrupt(Task<Void, Never>?)
    /// The run goes on past the grace period: the slot needs a replacement.
    case stuck(Running)
    /// The hard limit passed: the message is settled without the run.
    case abandon(Running)
  }

  /// What a slot runs.
  struct Running: Sendable {
    let run: Run
    let context: MessageContext
    let assignment: Inbox.Assignment
  }

  private enum Stage { case inTime, interrupted, stuck, abandoned }

  private struct State {
    var task: Task<Void, Never>?
    var running: Running?
    var stage = Stage.inTime
    var isDoomed = false
  }

  /// The number of the slot's entry in the state file.
  let index: Int
  private let limits: any LimitObserver
  private let state = Lock(State())
  /// When the timer has to look at this slot, in monotonic nanoseconds; zero for never.
  ///
  /// All the slots' deadlines are a table that the timer scans: a message that ends in time costs two stores, where a
  /// heap would cost two sifts under a lock. The scan of some hundred words happens at most every few hundred
  /// milliseconds or when a deadline has really come.
  private let deadline = Atomic<UInt64>(0)
  private let grace = Atomic<UInt64>(0)
  private let hardLimit = Atomic<UInt64>(0)

  init(index: Int, limits: any LimitObserver) {
    self.index = index
    self.limits = limits
  }

  // MARK: The slot's own task

  /// Starts the task of the slot.
  func start(on executor: ThreadPoolExecutor, _ body: @escaping @Sendable (Slot) async -> Void) {
    // Under the lock, because a run may have to be cancelled as soon as it has begun.
    state.withLock { state in
      state.isDoomed = false
      state.task = Task(executorPreference: executor) { await body(self) }
    }
  }

  /// A message begins.
  func begin(_ running: Running) {
    deadline.store(0, ordering: .relaxed)
    state.withLock { state in
      state.running = running
      state.stage = .inTime
    }
  }

  /// The message has ended.
  func finish() -> Fate {
    deadline.store(0, ordering: .relaxed)
    return state.withLock { state in
      state.running = nil
      if state.stage == .stuck || state.stage == .abandoned { return .replaced }
      return state.isDoomed ? .doomed : .goesOn
    }
  }

  /// Sets the time limit of the running message, from now.
  func arm(_ limit: Duration, grace: Duration, hardLimit: Duration) {
    let now = MonotonicClock.now
    let (end, overflow) = now.addingReportingOverflow(limit.wholeNanoseconds)
    if overflow || limit == .unlimited { return disarm() }
    self.grace.store(grace.wholeNanoseconds, ordering: .relaxed)
    self.hardLimit.store(hardLimit.wholeNanoseconds, ordering: .relaxed)
    deadline.store(max(end, 1), ordering: .releasing)
    limits.deadlineSet(to: end)
  }

  /// Takes the time limit away.
  func disarm() { deadline.store(0, ordering: .relaxed) }

  // MARK: Others

  /// When the timer has to look at this slot; zero for never.
  var nextDeadline: UInt64 { deadline.load(ordering: .acquiring) }

  /// What runs here now.
  var running: Running? { state.withLock { $0.running } }

  /// Whether the run was given up at its hard limit or waits for that.
  var isStuck: Bool { state.withLock { $0.stage == .stuck || $0.stage == .abandoned } }

  /// Cancels the running message if `isMeant` says so.
  ///
  /// - Returns: The task to cancel, outside of every lock: cancellation handlers are user code.
  func interrupt(_ reason: Interruption, where isMeant: (Run) -> Bool) -> Task<Void, Never>? {
    state.withLock { state in
      guard let run = state.running?.run, isMeant(run) else { return nil }
      run.noteInterruption(reason)
      state.isDoomed = true
      return state.task
    }
  }

  /// The timer found the deadline in the past.
  ///
  /// - Parameter seen: The deadline that was found.
  func deadlinePassed(_ seen: UInt64) -> Overrun {
    state.withLock { state in
      guard let running = state.running else {
        _ = deadline.compareExchange(expected: seen, desired: 0, ordering: .acquiringAndReleasing)
        return .nothing
      }
      let next: UInt64
      switch state.stage {
      case .inTime: next = seen.addingSaturating(grace.load(ordering: .relaxed))
      case .interrupted:
        let limit = hardLimit.load(ordering: .relaxed)
        let used = grace.load(ordering: .relaxed)
        next = seen.addingSaturating(limit > used ? limit - used : 0)
      case .stuck, .abandoned: next = 0
      }
      // Lost when the run has just disarmed it: then it ended in time after all.
      guard deadline.compareExchange(expected: seen, desired: next, ordering: .acquiringAndReleasing).exchanged else {
        return .nothing
      }
      switch state.stage {
      case .inTime:
        state.stage = .interrupted
        running.run.noteInterruption(.timeLimit)
        state.isDoomed = true
        return .interrupt(state.task)
      case .interrupted:
        state.stage = .stuck
        return .stuck(running)
      case .stuck:
        state.stage = .abandoned
        return .abandon(running)
      case .abandoned:
        return .nothing
      }
    }
  }
}

/// Is told when a slot gets a deadline.
protocol LimitObserver: AnyObject, Sendable {
  func deadlineSet(to time: UInt64)
}

extension UInt64 {
  /// The sum, or the largest number when there is no such sum.
  func addingSaturating(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}

extension Duration {
  /// Nanoseconds, saturating; negative durations count as zero. Without the 128-bit division of `components`, which
  /// shows on the per-message path.
  var wholeNanoseconds: UInt64 {
    let attoseconds = self.attoseconds
    if attoseconds <= 0 { return 0 }
    let high = UInt64(truncatingIfNeeded: attoseconds >> 64)
    let divisor: UInt64 = 1_000_000_000
    guard high < divisor else { return .max }
    return divisor.dividingFullWidth((high, UInt64(truncatingIfNeeded: attoseconds))).quotient
  }
}
