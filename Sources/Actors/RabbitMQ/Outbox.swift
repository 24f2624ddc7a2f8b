internal import DequeModule
import Synchronization

/// The bounded store of publishes between senders and the publishing connection. Every publish leaves it with an
/// outcome, by its deadline at the latest, whatever the connection does: the deadlines run on the timer thread.
final class Outbox: DeadlineSource {
  fileprivate struct Waiter {
    let deadline: UInt64
    let continuation: CheckedContinuation<Void, Never>
  }

  fileprivate struct State {
    /// To be written, in order.
    var unsent = Deque<PendingPublish>()
    /// Everything that has been admitted, by rising deadline; resolved ones are dropped when they reach the front.
    var byDeadline = Deque<PendingPublish>()
    var count = 0
    var bytes = 0
    var waiters = Deque<Waiter>()
    var isClosed = false
    var isSleeping = false
    var trouble: String?
    var drained: [CheckedContinuation<Void, Never>] = []
  }

  /// After how long a sender gives way, in nanoseconds.
  private static let turn: UInt64 = 1_000_000

  private let state = Lock(State())
  /// When a sender has last given way, in monotonic nanoseconds.
  private let gaveWayAt = Atomic<UInt64>(0)
  private let capacity: Int
  private let byteCapacity: Int
  private let timeout: UInt64
  private let loop: ConnectionLoop

  init(_ configuration: RabbitMQConfiguration, _ loop: ConnectionLoop) {
    capacity = max(1, configuration.outboxCapacity)
    byteCapacity = max(1, configuration.outboxBytes)
    timeout = configuration.confirmTimeout.nanoseconds
    self.loop = loop
  }

  // MARK: - Senders

  /// Takes publishes in, waiting for places, and returns their outcomes.
  func publish(_ publications: [Publication]) async -> [PublishOutcome] {
    guard !publications.isEmpty else { return [] }
    let batch = PublishBatch(count: publications.count)
    var next = 0
    var hasWaited = false
    var deadline = MonotonicClock.now &+ timeout
    while next < publications.count {
      let admitted = admit(publications, from: next, batch, deadline: deadline, &hasWaited)
      next += admitted
      if next == publications.count { break }
      if admitted > 0 {
        deadline = MonotonicClock.now &+ timeout
      } else if MonotonicClock.now >= deadline {
        giveUp(publications.count, from: next, batch)
        break
      }
      await place(before: deadline)
    }
    if hasWaited { await giveWay() }
    return await batch.outcomes()
  }

  /// A sender that waits for its answers on its own thread, one after the other, never suspends: now and then it lets the
  /// other tasks of the thread run.
  private func giveWay() async {
    let now = MonotonicClock.now
    guard now &- gaveWayAt.load(ordering: .relaxed) >= Self.turn else { return }
    gaveWayAt.store(now, ordering: .relaxed)
    await Task.yield()
  }

  /// Takes publishes in if there is room for all of them at once, and calls `completion` with their outcomes on the thread
  /// that brings the last one.
  ///
  /// - Returns: False when there is no room; then nothing was taken in.
  func submit(_ publications: [Publication], completion: @escaping PublishBatch.Completion) -> Bool {
    guard !publications.isEmpty else { return false }
    let size = publications.reduce(0) { $0 + $1.body.count }
    let batch = PublishBatch(count: publications.count, completion: completion)
    let deadline = MonotonicClock.now &+ timeout
    // Made before the lock is taken: many threads may be here at once.
    let pendings = publications.enumerated().map { index, publication in
      PendingPublish(publication, deadline: deadline, batch: batch, index: index)
    }
    let (isTaken, mustSignal, isFirst) = state.withLock { state -> (Bool, Bool, Bool) in
      guard !state.isClosed, state.waiters.isEmpty, state.count + publications.count <= capacity,
        state.count == 0 || state.bytes + size <= byteCapacity
      else { return (false, false, false) }
      let wasEmpty = state.byDeadline.isEmpty
      for pending in pendings { state.append(pending) }
      return (true, state.takeSleeping(), wasEmpty)
    }
    // Nobody waits here.
    if mustSignal { loop.visit { true } }
    if isFirst { DeadlineTimer.shared.notify(at: deadline) }
    return isTaken
  }

  private func admit(
    _ publications: [Publication], from start: Int, _ batch: PublishBatch, deadline: UInt64, _ hasWaited: inout Bool
  ) -> Int {
    let isAlone = publications.count == 1
    let (admitted, mustSignal, isFirst, isClosed) = state.withLock { state -> (Int, Bool, Bool, Bool) in
      guard !state.isClosed else { return (0, false, false, true) }
      let wasEmpty = state.byDeadline.isEmpty
      var index = start
      while index < publications.count, state.count < capacity {
        let size = publications[index].body.count
        guard state.count == 0 || state.bytes + size <= byteCapacity else { break }
        state.append(
          PendingPublish(publications[index], deadline: deadline, batch: batch, index: index, isAwaitedAlone: isAlone))
        index += 1
      }
      return (index - start, index > start && state.takeSleeping(), wasEmpty, false)
    }
    if isClosed {
      for index in start..<publications.count { _ = batch.resolve(index, .unknown("the broker is closed")) }
      return publications.count - start
    }
    if isFirst, admitted > 0 { DeadlineTimer.shared.notify(at: deadline) }
    if mustSignal, loop.visit(until: { !isAlone || batch.isResolved(0) }) { hasWaited = true }
    return admitted
  }

  private func giveUp(_ end: Int, from start: Int, _ batch: PublishBatch) {
    let why = "no place in the outbox in time: \(trouble ?? "the broker does not keep up")"
    for index in start..<end { _ = batch.resolve(index, .unknown(why)) }
  }

  private func place(before deadline: UInt64) async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.isClosed || state.count < capacity, state.bytes < byteCapacity { return true }
        state.waiters.append(Waiter(deadline: deadline, continuation: continuation))
        return false
      }
      if isFree { continuation.resume() } else { DeadlineTimer.shared.notify(at: deadline) }
    }
  }

  // MARK: - Outcomes

  /// Settles the outcome of publishes; a later outcome of the same publish is ignored.
  func resolve(_ pendings: [PendingPublish], _ outcome: PublishOutcome) {
    let first = pendings.filter { $0.resolve(outcome) }
    guard !first.isEmpty else { return }
    let (waiters, drained) = state.withLock { state in
      state.count -= first.count
      for pending in first { state.bytes -= pending.publication.body.count }
      while state.byDeadline.first?.isResolved == true { state.byDeadline.removeFirst() }
      return (takeWaiters(&state), state.takeDrained())
    }
    for waiter in waiters { waiter.resume() }
    for continuation in drained { continuation.resume() }
  }

  /// Room is given out a quarter at a time, so that a big send is not woken for every confirm.
  private func takeWaiters(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
    guard !state.waiters.isEmpty, state.count <= capacity * 3 / 4, state.bytes <= byteCapacity * 3 / 4 || state.count == 0
    else { return [] }
    defer { state.waiters.removeAll() }
    return state.waiters.map(\.continuation)
  }

  /// Ends the waits whose time is up. Called by the timer thread.
  func fire(now: UInt64) -> UInt64? {
    let (expired, waiters, trouble) = state.withLock { state in
      var expired: [PendingPublish] = []
      while let first = state.byDeadline.first, first.deadline <= now || first.isResolved {
        state.byDeadline.removeFirst()
        if !first.isResolved { expired.append(first) }
      }
      let late = state.waiters.filter { $0.deadline <= now }.map(\.continuation)
      state.waiters.removeAll { $0.deadline <= now }
      return (expired, late, state.trouble)
    }
    for waiter in waiters { waiter.resume() }
    resolve(expired, .unknown("no confirm within \(timeout / 1_000_000) ms\(trouble.map { ": \($0)" } ?? "")"))
    return state.withLock { state in
      [state.byDeadline.first?.deadline, state.waiters.first?.deadline].compactMap { $0 }.min()
    }
  }

  // MARK: - For whoever is at the connection

  /// Why publishes do not flow, if they do not.
  var trouble: String? {
    get { state.withLock { $0.trouble } }
    set { state.withLock { $0.trouble = newValue } }
  }

  /// The same, when publishes wait because of it: how many, and why.
  var stall: String? {
    state.withLock { state in
      guard let trouble = state.trouble, state.count > 0 else { return nil }
      return "\(state.count) publishes wait: \(trouble)"
    }
  }

  var hasUnsent: Bool { state.withLock { !$0.unsent.isEmpty } }

  /// Takes up to `count` publishes to write, leaving out those that nobody waits for any more.
  func take(_ count: Int) -> [PendingPublish] {
    state.withLock { state in
      var taken: [PendingPublish] = []
      while taken.count < count, let next = state.unsent.popFirst() {
        if !next.isResolved { taken.append(next) }
      }
      return taken
    }
  }

  /// Puts publishes back at the head, to be written (again) first.
  func putBack(_ pendings: [PendingPublish]) {
    if pendings.isEmpty { return }
    state.withLock { $0.unsent.prepend(contentsOf: pendings.filter { !$0.isResolved }) }
  }

  /// How many publishes wait to be written, and what is the first.
  var next: (count: Int, first: PendingPublish?) { state.withLock { ($0.unsent.count, $0.unsent.first) } }

  func prepareToSleep(connected: Bool, canWrite: Bool) -> Bool {
    state.withLock { state in
      if connected, canWrite, !state.unsent.isEmpty { return false }
      state.isSleeping = true
      return true
    }
  }

  func wokeUp() { state.withLock { $0.isSleeping = false } }

  // MARK: - The end

  /// Takes no more publishes and waits until those inside have their outcomes.
  func close() async {
    let waiters = state.withLock { state in
      state.isClosed = true
      defer { state.waiters.removeAll() }
      return state.waiters
    }
    for waiter in waiters { waiter.continuation.resume() }
    await withCheckedContinuation { continuation in
      let isEmpty = state.withLock { state in
        if state.count > 0 { state.drained.append(continuation) }
        return state.count == 0
      }
      if isEmpty { continuation.resume() }
    }
  }
}

extension Outbox.State {
  fileprivate mutating func append(_ pending: PendingPublish) {
    unsent.append(pending)
    byDeadline.append(pending)
    count += 1
    bytes += pending.publication.body.count
  }

  fileprivate mutating func takeSleeping() -> Bool {
    defer { isSleeping = false }
    return isSleeping
  }

  fileprivate mutating func takeDrained() -> [CheckedContinuation<Void, Never>] {
    guard count == 0 else { return [] }
    defer { drained = [] }
    return drained
  }
}
