import DequeModule
import Synchronization

/// Between the connection, where deliveries come in, and the slots, which take them.
///
/// Delivering resumes nothing: the pool's threads pull (see ``ThreadPoolExecutor``), and a slot that ends a message
/// takes the next one without suspending when there is one.
final class Inbox: DeliverySink, WorkSource {
  /// What a slot got.
  struct Assignment: Sendable {
    let delivery: Delivery
    /// Whether nothing else runs in this process meanwhile: the message is suspected of ending processes.
    let isAlone: Bool
  }

  private struct State {
    var ready: ReadyDeliveries
    /// Deliveries that have to run alone, found out when a slot looked into them.
    var suspects = Deque<Delivery>()
    var waiting: [UnsafeContinuation<Assignment?, Never>] = []
    /// How many assignments are out.
    var busy = 0
    /// Whether the one that is out has to be the only one.
    var isExclusive = false
    var isClosed = false

    /// What a free slot gets now.
    mutating func next() -> Assignment? {
      if isClosed || isExclusive { return nil }
      if !suspects.isEmpty {
        guard busy == 0, let suspect = suspects.popFirst() else { return nil }
        isExclusive = true
        busy = 1
        return Assignment(delivery: suspect, isAlone: true)
      }
      guard let delivery = ready.popFirst() else { return nil }
      busy += 1
      return Assignment(delivery: delivery, isAlone: false)
    }

    /// Whether a waiting slot could be given something.
    var canStart: Bool { !waiting.isEmpty && hasNext }

    var hasNext: Bool {
      if isClosed || isExclusive { return false }
      return suspects.isEmpty ? ready.count > 0 : busy == 0
    }

    mutating func giveBack(_ assignment: Assignment) {
      busy -= 1
      if assignment.isAlone { isExclusive = false }
    }
  }

  // Not `Lock`: when many threads meet there, the standard library's lock spins and then hands over in order, and each
  // message costs a switch of threads.
  private let state: Monitor<State>
  private let executor = Lock<ThreadPoolExecutor?>(nil)
  private let offeredCount = Atomic<UInt64>(0)
  private let takenCount = Atomic<UInt64>(0)
  private let transfers: TransferLane
  /// Opens when the inbox is closed and no assignment is out.
  let idle = Latch()

  /// - Parameters:
  ///   - queues: The queues, taken from in turn.
  ///   - priorities: The priority of every actor that has one other than zero.
  ///   - transfers: Where deliveries of delay queues go.
  init(queues: [String], priorities: [String: Int] = [:], transfers: TransferLane = TransferLane()) {
    state = Monitor(State(ready: ReadyDeliveries(queues: queues, priorities: priorities)))
    self.transfers = transfers
  }

  /// Names the pool whose threads pull from here; before that only slots that ask get anything.
  func attach(_ pool: ThreadPoolExecutor?) { executor.withLock { $0 = pool } }

  // MARK: Delivering

  func deliver(_ batch: [Delivery]) {
    let mustPull = state.withLock { state in
      if state.isClosed { return false }
      for delivery in batch where !delivery.isFromDelayQueue {
        state.ready.insert(delivery)
        offeredCount.wrappingAdd(1, ordering: .relaxed)
      }
      return state.canStart
    }
    if mustPull { wakePool() }
    if batch.contains(where: \.isFromDelayQueue) { transfers.add(batch.filter(\.isFromDelayQueue)) }
  }

  func revoke(generation: UInt32) {
    state.withLock { state in
      let before = state.ready.count
      state.ready.removeAll(of: generation)
      takenCount.wrappingAdd(UInt64(before - state.ready.count), ordering: .relaxed)
      state.suspects.removeAll { $0.receipt.generation == generation }
    }
    transfers.remove(generation: generation)
  }

  func withdraw(_ tags: Set<UInt64>, of generation: UInt32) -> [Delivery.Receipt] {
    let receipts = state.withLock { $0.ready.remove(tags, of: generation) }
    takenCount.wrappingAdd(UInt64(receipts.count), ordering: .relaxed)
    return receipts
  }

  // MARK: Taking

  /// Waits for the next delivery.
  ///
  /// - Parameter done: The assignment that this slot has finished with.
  /// - Returns: nil once the inbox is closed.
  func take(after done: Assignment?) async -> Assignment? {
    enum Answer { case got(Assignment?), wait }
    let (answer, others, isIdle) = state.withLock { state -> (Answer, Bool, Bool) in
      var others = false
      if let done {
        state.giveBack(done)
        others = done.isAlone
      }
      if state.isClosed { return (.got(nil), false, state.busy == 0) }
      if let assignment = next(&state) { return (.got(assignment), others && state.hasNext, false) }
      return (.wait, false, false)
    }
    if isIdle { idle.open() }
    if others { wakePool() }
    if case .got(let assignment) = answer { return assignment }
    return await withUnsafeContinuation { continuation in
      let answer = state.withLock { state -> Answer in
        if state.isClosed { return .got(nil) }
        if let assignment = next(&state) { return .got(assignment) }
        state.waiting.append(continuation)
        return .wait
      }
      if case .got(let assignment) = answer { continuation.resume(returning: assignment) }
    }
  }

  func startOne() -> Bool {
    let start = state.withLock { state -> (UnsafeContinuation<Assignment?, Never>, Assignment)? in
      guard !state.waiting.isEmpty, let assignment = next(&state), let slot = state.waiting.popLast() else {
        return nil
      }
      return (slot, assignment)
    }
    guard let (slot, assignment) = start else { return false }
    slot.resume(returning: assignment)
    return true
  }

  var canStart: Bool { state.withLock { $0.canStart } }
  var offered: UInt64 { offeredCount.load(ordering: .relaxed) }
  var taken: UInt64 { takenCount.load(ordering: .relaxed) }

  /// What a free slot gets now.
  private func next(_ state: inout State) -> Assignment? {
    guard let assignment = state.next() else { return nil }
    takenCount.wrappingAdd(1, ordering: .relaxed)
    return assignment
  }

  /// Takes back an assignment whose slot will not ask for another one.
  func release(_ assignment: Assignment) {
    let (mustPull, isIdle) = state.withLock { state in
      state.giveBack(assignment)
      return (state.canStart, state.isClosed && state.busy == 0)
    }
    if isIdle { idle.open() }
    if mustPull { wakePool() }
  }

  /// Puts a delivery aside that has to run alone; nothing else is given out before it has run.
  ///
  /// - Parameter delivery: A delivery that the calling slot had been given, and now gives up.
  func setAside(_ delivery: Delivery) {
    state.withLock { state in
      if state.isClosed { return }
      state.suspects.append(delivery)
      offeredCount.wrappingAdd(1, ordering: .relaxed)
    }
  }

  // MARK: Stopping

  /// Drops what has not started (the broker gives it to others) and lets every slot end with what it runs.
  func close() {
    let (waiting, isIdle) = state.withLock { state in
      state.isClosed = true
      state.ready.removeAll()
      state.suspects.removeAll()
      defer { state.waiting.removeAll() }
      return (state.waiting, state.busy == 0)
    }
    transfers.close()
    for slot in waiting { slot.resume(returning: nil) }
    if isIdle { idle.open() }
  }

  /// How many assignments are out.
  var busy: Int { state.withLock { $0.busy } }
  /// How many slots wait for a delivery.
  var waitingSlots: Int { state.withLock { $0.waiting.count } }
  /// How many deliveries wait for a slot.
  var waitingDeliveries: Int { state.withLock { $0.ready.count + $0.suspects.count } }

  private func wakePool() { executor.withLock { $0 }?.workArrived() }
}
