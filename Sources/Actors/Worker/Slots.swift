import Synchronization

/// The slots of a worker, and the timer's table of their time limits.
final class Slots: DeadlineSource, LimitObserver {
  /// What the slots' owner has to do about a run that will not end.
  struct Alarms: Sendable {
    /// A run goes on although it was cancelled and given time; its slot has been replaced.
    var stuck: @Sendable (Slot.Running) -> Void
    /// A run went past its hard limit: its message has to be settled without it, and the process has to leave.
    var abandoned: @Sendable (Slot.Running) -> Void
  }

  /// How often the table is looked at when no deadline is near.
  private static let horizon: UInt64 = 500_000_000

  private struct State {
    /// By the index of their entry in the state file.
    var slots: [Slot?]
    var body: (@Sendable (Slot) async -> Void)?
    var alarms: Alarms?
  }

  private let executor: ThreadPoolExecutor
  private let concurrency: Int
  private let state: Lock<State>
  /// When the table is looked at next; a deadline before that has to be told to the timer.
  private let nextScan = Atomic<UInt64>(0)

  /// How many entries a state file needs: a stuck slot keeps its entry beside its replacement.
  static func entryCount(concurrency: Int) -> Int { 2 * concurrency }

  init(concurrency: Int, executor: ThreadPoolExecutor) {
    self.concurrency = concurrency
    self.executor = executor
    state = Lock(State(slots: Array(repeating: nil, count: Self.entryCount(concurrency: concurrency))))
  }

  /// Starts every slot.
  ///
  /// - Parameters:
  ///   - alarms: What to do about runs that will not end.
  ///   - body: What the task of a slot does.
  func start(alarms: Alarms, _ body: @escaping @Sendable (Slot) async -> Void) {
    let slots = (0..<concurrency).map { Slot(index: $0, limits: self) }
    state.withLock { state in
      state.body = body
      state.alarms = alarms
      for slot in slots { state.slots[slot.index] = slot }
    }
    DeadlineTimer.shared.register(self)
    for slot in slots { slot.start(on: executor, body) }
  }

  /// Takes the slots off the timer and lets go of what they do.
  func stop() {
    DeadlineTimer.shared.unregister(self)
    let slots = state.withLock { state in
      state.body = nil
      state.alarms = nil
      return state.slots
    }
    // A slot knows its slots, so one that is kept here is never freed. Those that still run are: someone may ask for them.
    for case let slot? in slots where slot.running == nil { state.withLock { $0.slots[slot.index] = nil } }
  }

  // MARK: Ends of slots' tasks

  /// The task of a slot ended because it was cancelled: it gets a fresh one.
  func renew(_ slot: Slot) {
    if let body = state.withLock({ $0.body }) { slot.start(on: executor, body) }
  }

  /// The task of a stuck slot ended after all; it had been replaced meanwhile.
  func retire(_ slot: Slot) {
    state.withLock { $0.slots[slot.index] = nil }
    executor.shrink()
  }

  /// Makes a slot, and a thread to run it, in the place of one that does not come back.
  private func replace() {
    executor.grow()
    let fresh = state.withLock { state -> (Slot, @Sendable (Slot) async -> Void)? in
      guard let index = state.slots.firstIndex(where: { $0 == nil }), let body = state.body else { return nil }
      let slot = Slot(index: index, limits: self)
      state.slots[index] = slot
      return (slot, body)
    }
    if let (slot, body) = fresh { slot.start(on: executor, body) }
  }

  // MARK: Interruptions

  private var all: [Slot] { state.withLock { $0.slots }.compactMap { $0 } }

  /// The runs that go on, apart from those that were given up.
  var running: [Slot.Running] { all.filter { !$0.isStuck }.compactMap(\.running) }

  /// How many runs go on past limit and grace.
  var stuckCount: Int { all.count { $0.isStuck } }

  /// Cancels every running message that `isMeant` says yes to.
  func interrupt(_ reason: Interruption, where isMeant: (Run) -> Bool) {
    for slot in all { Self.cancel(slot.interrupt(reason, where: isMeant)) }
  }

  /// Cancellation handlers are user code, and run in the thread that cancels: never in the timer's.
  private static func cancel(_ task: Task<Void, Never>?) {
    guard let task else { return }
    Task.detached { task.cancel() }
  }

  // MARK: Deadlines

  func deadlineSet(to time: UInt64) {
    guard time < nextScan.load(ordering: .acquiring) else { return }
    nextScan.store(time, ordering: .releasing)
    DeadlineTimer.shared.notify(at: time)
  }

  func fire(now: UInt64) -> UInt64? {
    let slots = state.withLock { $0.slots }
    // First, so that a deadline set while the table is scanned wakes the timer by itself.
    nextScan.store(.max, ordering: .sequentiallyConsistent)
    var next = now + Self.horizon
    for case let slot? in slots {
      while case let deadline = slot.nextDeadline, deadline != 0 {
        if deadline > now {
          next = min(next, deadline)
          break
        }
        act(on: slot.deadlinePassed(deadline))
      }
    }
    lowerNextScan(to: next)
    return next
  }

  private func lowerNextScan(to time: UInt64) {
    var seen = nextScan.load(ordering: .relaxed)
    while time < seen {
      let (exchanged, original) = nextScan.compareExchange(
        expected: seen, desired: time, ordering: .acquiringAndReleasing)
      if exchanged { return }
      seen = original
    }
  }

  private func act(on overrun: Slot.Overrun) {
    switch overrun {
    case .nothing: break
    case .interrupt(let task): Self.cancel(task)
    case .stuck(let running):
      replace()
      state.withLock({ $0.alarms })?.stuck(running)
    case .abandon(let running):
      state.withLock({ $0.alarms })?.abandoned(running)
    }
  }
}
