import DequeModule
import Glibc
import Synchronization

/// What pool threads do when no job is ready: wake one waiting slot with one message.
protocol WorkSource: AnyObject, Sendable {
  /// Resumes one waiting slot with one piece of work.
  ///
  /// - Returns: Whether there was both.
  func startOne() -> Bool
  /// Whether ``startOne()`` would find something.
  var canStart: Bool { get }
  /// How many pieces of work there have been so far.
  var offered: UInt64 { get }
  /// How many of them were taken (or withdrawn), also by slots that did not have to be resumed.
  var taken: UInt64 { get }
}

/// The threads on which actors run: a fixed number, so that code that blocks its thread holds up one and not the
/// process.
///
/// Threads pull. A message that arrives resumes no task by itself; the next thread that has nothing else to do resumes
/// a slot with it and runs that slot right away. And a thread that is at work is trusted to take the next message too,
/// as long as work is seen to be taken: waking another thread costs more than a short message. When what has come is
/// not taken within a millisecond, because threads are blocked or busy, the timer wakes one more, and one more
/// after that.
package final class ThreadPoolExecutor: TaskExecutor, DeadlineSource {
  /// How long work may lie before another thread is woken for it.
  private static let patience: UInt64 = 2_000_000

  private struct State {
    var jobs = Deque<UnownedJob>()
    /// Parked threads, the one parked last on top: its caches are warm.
    var idle: [PoolThread] = []
    /// The thread that waits for work at the intake.
    var attending: PoolThread?
    var alive = 0
    var target: Int
    var started = 0
    /// Counts the arrivals of work, so that a thread about to park notices one that came meanwhile.
    var arrivals: UInt64 = 0
    var jobsOffered: UInt64 = 0
    var jobsTaken: UInt64 = 0
    /// Whether a thread was woken and has not looked for work yet.
    var isWaking = false
    /// How much work had been taken when work last came or a thread last parked.
    var seenTaken: UInt64 = 0
    /// How much work there had been when the timer last looked.
    var watchedOffered: UInt64 = 0
    /// Whether the timer looks again.
    var isWatched = false
    var isClosed = false

    /// How many threads neither wait for work nor rest.
    var working: Int { alive - idle.count - (attending == nil ? 0 : 1) }
  }

  // Not `Lock`, for the reason given at the inbox.
  private let state: Monitor<State>
  private let name: String
  private let source: (any WorkSource)?
  private let ready = Atomic(false)
  private let watch = Lock<DeadlineTimer.Registration?>(nil)
  private let intake = Lock<(any DeliveryIntake)?>(nil)

  /// A pool of at most `threads` threads; each starts when there is work for it.
  ///
  /// - Parameters:
  ///   - threads: How many threads, at least 1.
  ///   - name: The beginning of the threads' names.
  ///   - source: Where idle threads look for work besides jobs.
  init(threads: Int, name: String = "troupe-run", source: (any WorkSource)? = nil) {
    self.name = name
    self.source = source
    state = Monitor(State(target: max(threads, 1)))
    let registration = DeadlineTimer.shared.register(self, at: .max)
    watch.withLock { $0 = registration }
  }

  /// Whether a job waits for a thread; a task that never suspends should yield then.
  var hasReadyJobs: Bool { ready.load(ordering: .relaxed) }

  /// How many threads live.
  package var threadCount: Int { state.withLock { $0.alive } }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // A slot that this very thread is resuming needs no queue and wakes nobody.
    if let thread = PoolThread.current, thread.isPulling, thread.executor === self, thread.pulled == nil {
      thread.pulled = job
      return
    }
    perform(
      state.withLock { state in
        state.jobs.append(job)
        state.jobsOffered &+= 1
        ready.store(true, ordering: .relaxed)
        return arrive(&state)
      })
  }

  /// Names where the source's work comes in: a thread without work waits there.
  func attach(_ intake: any DeliveryIntake) { self.intake.withLock { $0 = intake } }

  /// Whether a thread is at work that will come to the intake when it has nothing else to do. Until one has come the
  /// intake is looked after by the timer.
  func expectAttendance() -> Bool {
    let (isExpected, order) = state.withLock { state -> (Bool, Order) in
      guard !state.isClosed, state.working > 0 else { return (false, .nothing) }
      return (true, beginWatch(&state))
    }
    perform(order)
    return isExpected
  }

  /// Tells that the source has work.
  func workArrived() { perform(state.withLock { arrive(&$0) }) }

  /// Adds a thread: one is held by a task that will not give it back.
  func grow() {
    perform(
      state.withLock { state in
        state.target += 1
        return takeThread(&state)
      })
  }

  /// Takes back what ``grow()`` added.
  func shrink() {
    perform(
      state.withLock { state in
        state.target = max(state.target - 1, 1)
        return state.idle.popLast().map(Order.resume) ?? (state.attending == nil ? .nothing : .interrupt)
      })
  }

  /// Lets the threads end once no job is left. A job that comes later still runs, on a thread of its own.
  func close() {
    let registration = watch.withLock { watch in
      defer { watch = nil }
      return watch
    }
    registration?.cancel()
    let intake = intake.withLock { intake in
      defer { intake = nil }
      return intake
    }
    let idle = state.withLock { state in
      state.isClosed = true
      defer { state.idle.removeAll() }
      return state.idle
    }
    for thread in idle { thread.unpark() }
    intake?.abandon()
  }

  // MARK: Waking

  private enum Order {
    case nothing
    case resume(PoolThread)
    case start(Int)
    /// Call the attending thread from the intake.
    case interrupt
    /// Let the timer look whether the threads at work have taken it.
    case watch
  }

  private func taken(_ state: borrowing State) -> UInt64 { state.jobsTaken &+ (source?.taken ?? 0) }
  private func offered(_ state: borrowing State) -> UInt64 { state.jobsOffered &+ (source?.offered ?? 0) }

  /// Work has come: decides whether it needs another thread.
  private func arrive(_ state: inout State) -> Order {
    state.arrivals &+= 1
    if state.isWaking { return .nothing }
    // What comes in at the intake is taken by the thread that waits there; it begins a watch when it leaves.
    if let attending = state.attending, attending === PoolThread.current { return .nothing }
    let taken = taken(state)
    let isMoving = taken != state.seenTaken
    state.seenTaken = taken
    guard isMoving, state.working > 0, !state.isClosed else { return takeThread(&state) }
    return beginWatch(&state)
  }

  private func beginWatch(_ state: inout State) -> Order {
    if state.isWatched { return .nothing }
    state.isWatched = true
    state.watchedOffered = offered(state)
    return .watch
  }

  /// Looks whether the work that had come was taken, and wakes one more thread if not. Called by the timer.
  package func fire(now: UInt64) -> UInt64? {
    let intake = intake.withLock { $0 }
    intake?.check(now: now)
    let (order, goesOn) = state.withLock { state -> (Order, Bool) in
      guard state.isWatched, !state.isClosed else { return (.nothing, false) }
      let (offered, taken) = (offered(state), taken(state))
      let isLate = taken < state.watchedOffered && (!state.jobs.isEmpty || source?.canStart == true)
      // As long as work comes it is looked at, rather than telling the timer anew for every piece.
      state.isWatched =
        isLate || offered != state.watchedOffered || (state.attending == nil && intake?.isLent == true)
      state.watchedOffered = offered
      return (isLate && !state.isWaking ? takeThread(&state) : .nothing, state.isWatched)
    }
    perform(order)
    return goesOn ? now &+ Self.patience : nil
  }

  private func takeThread(_ state: inout State) -> Order {
    if let thread = state.idle.popLast() {
      state.isWaking = true
      return .resume(thread)
    }
    if state.attending != nil {
      state.isWaking = true
      return .interrupt
    }
    guard state.alive < state.target else { return .nothing }
    state.alive += 1
    state.started += 1
    state.isWaking = true
    return .start(state.started)
  }

  private func perform(_ order: Order) {
    switch order {
    case .nothing: break
    case .watch: watch.withLock { $0 }?.notify(at: MonotonicClock.now &+ Self.patience)
    case .resume(let thread): thread.unpark()
    case .interrupt: intake.withLock { $0 }?.interrupt()
    case .start(let number):
      let isStarted = NamedThread.start("\(name)-\(number)") { [self] in
        let thread = PoolThread(self)
        thread.makeCurrent()
        run(thread)
        PoolThread.clearCurrent()
      }
      if !isStarted {
        // The system has no thread to give. Those that live go on; the next arrival tries again.
        state.withLock { state in
          state.alive -= 1
          state.isWaking = false
        }
      }
    }
  }

  // MARK: Running

  private func run(_ thread: PoolThread) {
    while true {
      let (job, arrivals, order) = state.withLock { state in
        let job = state.jobs.popFirst()
        if job != nil { state.jobsTaken &+= 1 }
        ready.store(!state.jobs.isEmpty, ordering: .relaxed)
        // While this thread was being woken nobody else was; what it cannot take itself must not be forgotten.
        let leavesWork = state.isWaking && offered(state) &- taken(state) > (job == nil ? 1 : 0)
        state.isWaking = false
        return (job, state.arrivals, leavesWork ? beginWatch(&state) : .nothing)
      }
      perform(order)
      if let job {
        job.runSynchronously(on: asUnownedTaskExecutor())
      } else if !pull(thread), !attend(thread, since: arrivals), !park(thread, since: arrivals) {
        return
      }
    }
  }

  /// Starts work from the source and does its first part.
  private func pull(_ thread: PoolThread) -> Bool {
    guard let source else { return false }
    thread.isPulling = true
    let isStarted = source.startOne()
    thread.isPulling = false
    let job = thread.pulled
    thread.pulled = nil
    job?.runSynchronously(on: asUnownedTaskExecutor())
    return isStarted
  }

  /// Waits for work at the intake, if that is left to the pool's threads and none is there yet.
  ///
  /// - Returns: Whether it was, and work may have come.
  private func attend(_ thread: PoolThread, since arrivals: UInt64) -> Bool {
    guard let intake = intake.withLock({ $0 }) else { return false }
    let mayAttend = state.withLock { state in
      guard state.attending == nil, state.arrivals == arrivals, !isNeeded(state) else { return false }
      state.seenTaken = taken(state)
      state.attending = thread
      return true
    }
    guard mayAttend else { return false }
    let wasThere = intake.attend { state.withLock { isNeeded($0) } }
    perform(
      state.withLock { state in
        state.attending = nil
        return wasThere ? beginWatch(&state) : .nothing
      })
    return wasThere
  }

  /// Whether there is something to do for a thread that waits for work.
  private func isNeeded(_ state: borrowing State) -> Bool {
    !state.jobs.isEmpty || state.isClosed || state.alive > state.target || source?.canStart == true
  }

  /// Waits for work.
  ///
  /// - Returns: False when the thread has to end.
  private func park(_ thread: PoolThread, since arrivals: UInt64) -> Bool {
    enum Next { case goOn, wait, end }
    let next = state.withLock { state -> Next in
      guard state.jobs.isEmpty, state.arrivals == arrivals else { return .goOn }
      state.seenTaken = taken(state)
      if state.isClosed || state.alive > state.target {
        state.alive -= 1
        return .end
      }
      state.idle.append(thread)
      return .wait
    }
    if next == .wait { thread.park() }
    return next != .end
  }
}
