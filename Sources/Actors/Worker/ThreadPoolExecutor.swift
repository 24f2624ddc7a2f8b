import DequeModule
import Glibc
import Synchronization

/// What pool threads do when no job is ready: wake one waiting slot with one message.
protocol WorkSource: AnyObject, Sendable {
  /// Resumes one waiting slot with one piece of work, if there is both.
  func startOne() -> WorkStart
}

/// What became of an attempt to start work.
enum WorkStart: Sendable {
  /// There was none, or nobody to do it.
  case nothing
  /// One slot was resumed; `more` says that another could be.
  case one(more: Bool)
}

/// The threads on which actors run: a fixed number, so that code that blocks its thread holds up one and not the process.
///
/// Threads pull. A message that arrives resumes no task by itself; the next thread that has nothing else to do resumes a
/// slot with it and runs that slot right away. At most one idle thread is woken at a time to look for work, and it wakes
/// the next one when it leaves some behind: a batch of short messages is done by few threads without a storm of wake-ups, a
/// batch of long ones is spread over all of them.
package final class ThreadPoolExecutor: TaskExecutor {
  private struct State {
    var jobs = Deque<UnownedJob>()
    /// Parked threads, the one parked last on top: its caches are warm.
    var idle: [PoolThread] = []
    var alive = 0
    var target: Int
    var started = 0
    /// Whether a thread was woken to look for work and has not found any yet.
    var isSearching = false
    /// Counts the arrivals of work, so that a thread about to park notices one that came meanwhile.
    var arrivals: UInt64 = 0
    var isClosed = false
  }

  private let state: Lock<State>
  private let name: String
  private let source: (any WorkSource)?
  private let ready = Atomic(false)

  /// A pool of at most `threads` threads; each starts when there is work for it.
  ///
  /// - Parameters:
  ///   - threads: How many threads, at least 1.
  ///   - name: The beginning of the threads' names.
  ///   - source: Where idle threads look for work besides jobs.
  init(threads: Int, name: String = "troupe-run", source: (any WorkSource)? = nil) {
    self.name = name
    self.source = source
    state = Lock(State(target: max(threads, 1)))
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
    let wake = state.withLock { state -> Wake in
      state.jobs.append(job)
      ready.store(true, ordering: .relaxed)
      return takeThread(&state)
    }
    perform(wake)
  }

  /// Tells that the source has work.
  func workArrived() {
    perform(
      state.withLock { state in
        state.arrivals &+= 1
        return takeSearcher(&state)
      })
  }

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
        return state.idle.popLast().map(Wake.resume) ?? .nothing
      })
  }

  /// Lets the threads end once no job is left. A job that comes later still runs, on a thread of its own.
  func close() {
    let idle = state.withLock { state in
      state.isClosed = true
      defer { state.idle.removeAll() }
      return state.idle
    }
    for thread in idle { thread.unpark() }
  }

  // MARK: Waking

  private enum Wake {
    case nothing
    case resume(PoolThread)
    case start(Int, isSearching: Bool)
  }

  private func takeThread(_ state: inout State) -> Wake {
    if let thread = state.idle.popLast() { return .resume(thread) }
    guard state.alive < state.target else { return .nothing }
    state.alive += 1
    state.started += 1
    return .start(state.started, isSearching: false)
  }

  private func takeSearcher(_ state: inout State) -> Wake {
    if state.isSearching { return .nothing }
    switch takeThread(&state) {
    case .nothing:
      return .nothing
    case .resume(let thread):
      thread.isSearching = true
      state.isSearching = true
      return .resume(thread)
    case .start(let number, _):
      state.isSearching = true
      return .start(number, isSearching: true)
    }
  }

  private func perform(_ wake: Wake) {
    switch wake {
    case .nothing: break
    case .resume(let thread): thread.unpark()
    case .start(let number, let isSearching):
      let started = NamedThread.start("\(name)-\(number)") { [self] in
        let thread = PoolThread(self)
        thread.isSearching = isSearching
        thread.makeCurrent()
        run(thread)
        PoolThread.clearCurrent()
      }
      if !started {
        // The system has no thread to give. Those that live go on; the next wake tries again.
        state.withLock { state in
          state.alive -= 1
          if isSearching { state.isSearching = false }
        }
      }
    }
  }

  // MARK: Running

  private func run(_ thread: PoolThread) {
    while true {
      let (job, arrivals) = state.withLock { state in
        let job = state.jobs.popFirst()
        ready.store(!state.jobs.isEmpty, ordering: .relaxed)
        return (job, state.arrivals)
      }
      if let job {
        endSearch(thread, leavingWork: true, since: arrivals)
        job.runSynchronously(on: asUnownedTaskExecutor())
      } else if !pull(thread, arrivals), !park(thread, arrivals) {
        return
      }
    }
  }

  /// Starts work from the source and does its first part.
  private func pull(_ thread: PoolThread, _ arrivals: UInt64) -> Bool {
    guard let source else { return false }
    thread.isPulling = true
    let start = source.startOne()
    thread.isPulling = false
    let job = thread.pulled
    thread.pulled = nil
    guard case .one(let more) = start else { return false }
    if thread.isSearching {
      endSearch(thread, leavingWork: more, since: arrivals)
    } else if more {
      perform(state.withLock { takeSearcher(&$0) })
    }
    job?.runSynchronously(on: asUnownedTaskExecutor())
    return true
  }

  /// A searching thread has found something: the next arrival needs another one, and so does work that is left.
  private func endSearch(_ thread: PoolThread, leavingWork: Bool, since arrivals: UInt64) {
    guard thread.isSearching else { return }
    thread.isSearching = false
    perform(
      state.withLock { state in
        state.isSearching = false
        return leavingWork || state.arrivals != arrivals ? takeSearcher(&state) : .nothing
      })
  }

  /// Waits for work.
  ///
  /// - Returns: False when the thread has to end.
  private func park(_ thread: PoolThread, _ arrivals: UInt64) -> Bool {
    enum Next { case goOn, wait, end }
    let next = state.withLock { state -> Next in
      guard state.jobs.isEmpty, state.arrivals == arrivals else { return .goOn }
      if thread.isSearching {
        thread.isSearching = false
        state.isSearching = false
      }
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
