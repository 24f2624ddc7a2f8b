import DequeModule
import Synchronization

/// The runs whose channel was lost before they were settled.
///
/// The broker delivers their messages again, most often to this very process. A redelivery of a message that is still
/// running becomes the new receipt of that run; a redelivery of one that has ended meanwhile is acknowledged. Neither
/// runs twice. Messages are told apart by queue and body, not by id: a retry copy has the id of the message it follows.
final class Orphans: Sendable {
  /// What is known of a redelivery.
  enum Claim: Sendable, Equatable {
    /// Nothing: it has to run.
    case unknown
    /// It runs already; the receipt belongs to that run now.
    case attached
    /// It ran to its end while the connection was away: it has to be acknowledged.
    case finished
  }

  private struct Key: Hashable {
    let queue: String
    let size: Int
    let digest: Int

    init(_ delivery: Delivery) {
      queue = delivery.queue
      size = delivery.body.count
      var hasher = Hasher()
      delivery.body.withUnsafeBytes { hasher.combine(bytes: $0) }
      digest = hasher.finalize()
    }
  }

  private struct Orphan {
    let run: Run
    /// The receipt of the redelivery, once it has come.
    var receipt: Delivery.Receipt?
  }

  private struct State {
    var running: [Key: Orphan] = [:]
    var finished: Set<Key> = []
    /// The keys of `finished`, oldest first.
    var order = Deque<Key>()
    /// When the broker was first seen to deliver again after a loss; what has not come back long after that was
    /// delivered to another process.
    var firstRedelivery: UInt64?
  }

  private let capacity: Int
  private let lifetime: UInt64
  private let now: @Sendable () -> UInt64
  private let state = Lock(State())
  private let isEmpty = Atomic(true)

  /// - Parameters:
  ///   - capacity: How many ended messages are remembered at most.
  ///   - lifetime: How long they are remembered once the broker delivers again.
  ///   - now: Monotonic nanoseconds, for tests.
  init(
    capacity: Int = 10_000, lifetime: Duration = .seconds(600),
    now: @escaping @Sendable () -> UInt64 = { MonotonicClock.now }
  ) {
    self.capacity = capacity
    self.lifetime = lifetime.nanoseconds
    self.now = now
  }

  /// Takes in the runs of a lost channel.
  func adopt(_ runs: [Run], of generation: UInt32) {
    state.withLock { state in
      state.firstRedelivery = nil
      for run in runs where !run.isOrphan && run.delivery.receipt.generation == generation { adopt(run, &state) }
      for (key, orphan) in state.running where orphan.receipt?.generation == generation {
        state.running[key]?.receipt = nil
      }
    }
  }

  private func adopt(_ run: Run, _ state: inout State) {
    let key = Key(run.delivery)
    // Two runs of equal messages: the one that was there first keeps its place, the other settles by itself, in vain.
    if state.running[key] == nil { state.running[key] = Orphan(run: run) }
    run.isOrphan = true
    isEmpty.store(false, ordering: .releasing)
  }

  /// Says what a redelivery is, and takes its receipt if it belongs to a run.
  func claim(_ delivery: Delivery) -> Claim {
    if isEmpty.load(ordering: .acquiring) { return .unknown }
    let key = Key(delivery)
    return state.withLock { state in
      forgetOld(&state)
      if let orphan = state.running[key], orphan.receipt == nil {
        state.running[key]?.receipt = delivery.receipt
        return .attached
      }
      if state.finished.remove(key) != nil {
        state.order.removeAll { $0 == key }
        isEmpty.store(state.running.isEmpty && state.finished.isEmpty, ordering: .releasing)
        return .finished
      }
      return .unknown
    }
  }

  /// Whether a run can still be settled: its channel lives, or its message has been delivered again.
  func canSettle(_ run: Run) -> Bool {
    if !run.isOrphan { return true }
    return state.withLock { $0.running[Key(run.delivery)]?.receipt != nil }
  }

  /// Ends an orphaned run.
  ///
  /// - Parameters:
  ///   - run: The run. It is taken in first if its loss was only found when it was settled.
  ///   - isDone: Whether the message must not be run again when it comes back.
  /// - Returns: The receipt of its redelivery, to be settled, after which this has to be called again if that failed;
  ///   nil when none has come.
  func finish(_ run: Run, isDone: Bool) -> Delivery.Receipt? {
    let key = Key(run.delivery)
    return state.withLock { state in
      if !run.isOrphan { adopt(run, &state) }
      guard let orphan = state.running[key], orphan.run === run else { return nil }
      if let receipt = orphan.receipt {
        state.running[key]?.receipt = nil
        return receipt
      }
      state.running[key] = nil
      if isDone { remember(key, &state) }
      isEmpty.store(state.running.isEmpty && state.finished.isEmpty, ordering: .releasing)
      return nil
    }
  }

  /// Forgets an orphaned run that has been settled by the receipt of its redelivery.
  func forget(_ run: Run) {
    let key = Key(run.delivery)
    state.withLock { state in
      if state.running[key]?.run === run { state.running[key] = nil }
      isEmpty.store(state.running.isEmpty && state.finished.isEmpty, ordering: .releasing)
    }
  }

  /// How many runs are orphans now, and how many ended messages are remembered.
  var counts: (running: Int, finished: Int) { state.withLock { ($0.running.count, $0.finished.count) } }

  private func remember(_ key: Key, _ state: inout State) {
    if state.finished.insert(key).inserted { state.order.append(key) }
    while state.order.count > capacity, let oldest = state.order.popFirst() { state.finished.remove(oldest) }
  }

  private func forgetOld(_ state: inout State) {
    let now = now()
    let since = state.firstRedelivery ?? now
    state.firstRedelivery = since
    guard now > since, now - since > lifetime else { return }
    state.finished.removeAll()
    state.order.removeAll()
    state.firstRedelivery = nil
  }
}
