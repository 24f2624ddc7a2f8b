import DequeModule

/// The deliveries that wait for a slot, in the order in which slots take them: lower priority values first, queues in
/// turn, and within a queue first come, first served.
struct ReadyDeliveries {
  private struct Bucket {
    var lanes: [Deque<Delivery>]
    /// The lane to look at next.
    var cursor = 0
    var count = 0

    mutating func popFirst() -> Delivery? {
      guard count > 0 else { return nil }
      for _ in 0..<lanes.count {
        let lane = cursor
        cursor = cursor + 1 == lanes.count ? 0 : cursor + 1
        if let delivery = lanes[lane].popFirst() {
          count -= 1
          return delivery
        }
      }
      return nil
    }
  }

  /// The queues, one lane of every bucket each; one that was not announced gets its lane when it first delivers.
  private var queues: [String]
  private var buckets: [Bucket]
  /// The bucket of an actor by its name; empty when all have the same priority, and then no body is looked into.
  private let bucketOfActor: [String: Int]
  private let usualBucket: Int
  private(set) var count = 0

  /// - Parameters:
  ///   - queues: The queues to take from in turn.
  ///   - priorities: The priority of every actor that has one other than zero.
  init(queues: [String], priorities: [String: Int] = [:]) {
    let levels = Set(priorities.values).union([0]).sorted()
    self.queues = queues
    buckets = levels.map { _ in Bucket(lanes: queues.map { _ in [] }) }
    bucketOfActor = priorities.compactMapValues { levels.firstIndex(of: $0) }
    usualBucket = levels.firstIndex(of: 0) ?? 0
  }

  mutating func insert(_ delivery: Delivery) {
    let lane = lane(of: delivery.queue)
    let bucket = bucket(of: delivery)
    buckets[bucket].lanes[lane].append(delivery)
    buckets[bucket].count += 1
    count += 1
  }

  mutating func popFirst() -> Delivery? {
    guard count > 0 else { return nil }
    for index in buckets.indices {
      if let delivery = buckets[index].popFirst() {
        count -= 1
        return delivery
      }
    }
    return nil
  }

  /// Drops every delivery of a generation.
  mutating func removeAll(of generation: UInt32) {
    count = 0
    for index in buckets.indices {
      for lane in buckets[index].lanes.indices {
        buckets[index].lanes[lane].removeAll { $0.receipt.generation == generation }
      }
      buckets[index].count = buckets[index].lanes.reduce(0) { $0 + $1.count }
      count += buckets[index].count
    }
  }

  /// Takes out some deliveries of a generation.
  mutating func remove(_ tags: Set<UInt64>, of generation: UInt32) -> [Delivery.Receipt] {
    var receipts: [Delivery.Receipt] = []
    for bucket in buckets.indices {
      for lane in buckets[bucket].lanes.indices {
        buckets[bucket].lanes[lane].removeAll { delivery in
          guard delivery.receipt.generation == generation, tags.contains(delivery.receipt.tag) else { return false }
          receipts.append(delivery.receipt)
          return true
        }
      }
      buckets[bucket].count = buckets[bucket].lanes.reduce(0) { $0 + $1.count }
    }
    count -= receipts.count
    return receipts
  }

  mutating func removeAll() {
    for index in buckets.indices {
      for lane in buckets[index].lanes.indices { buckets[index].lanes[lane].removeAll() }
      buckets[index].count = 0
    }
    count = 0
  }

  // A worker has a handful of queues: comparing beats hashing.
  private mutating func lane(of queue: String) -> Int {
    if let lane = queues.firstIndex(of: queue) { return lane }
    queues.append(queue)
    for index in buckets.indices { buckets[index].lanes.append([]) }
    return queues.count - 1
  }

  private func bucket(of delivery: Delivery) -> Int {
    guard !bucketOfActor.isEmpty, case .bytes(let body) = delivery.body,
      let name = ActorNameScanner.actorName(in: body)
    else { return usualBucket }
    return bucketOfActor[name] ?? usualBucket
  }
}
