internal import DequeModule

/// One queue of an ``InMemoryBroker`` with its delayed messages and its dead letters.
struct InMemoryQueue {
  struct Stored {
    let body: MessageBody
    let properties: MessageProperties
    var redelivered = false
  }

  let maxPriority: Int?
  /// Ready messages by AMQP priority, highest served first.
  private var ready: [Int: Deque<Stored>] = [:]
  /// Delayed messages by rising due time.
  private(set) var delayed: [(due: UInt64, stored: Stored)] = []
  private(set) var dead: [DeadLetter] = []

  init(maxPriority: Int?) { self.maxPriority = maxPriority }

  var readyCount: Int { ready.values.reduce(0) { $0 + $1.count } }

  private func level(_ stored: Stored) -> Int { min(Int(stored.properties.priority ?? 0), maxPriority ?? 0) }

  mutating func append(_ stored: Stored) { ready[level(stored), default: []].append(stored) }
  mutating func giveBack(_ stored: Stored) {
    var stored = stored
    stored.redelivered = true
    ready[level(stored), default: []].prepend(stored)
  }

  mutating func popFirst() -> Stored? {
    guard let highest = ready.keys.filter({ ready[$0]?.isEmpty == false }).max() else { return nil }
    return ready[highest]?.popFirst()
  }

  mutating func delay(_ stored: Stored, until due: UInt64) {
    let index = delayed.firstIndex { $0.due > due } ?? delayed.endIndex
    delayed.insert((due, stored), at: index)
  }

  /// - Returns: Whether something was due.
  mutating func moveDue(now: UInt64) -> Bool {
    let count = delayed.prefix { $0.due <= now }.count
    for entry in delayed.prefix(count) { append(entry.stored) }
    delayed.removeFirst(count)
    return count > 0
  }

  mutating func bury(_ stored: Stored) {
    dead.append(DeadLetter(body: stored.body, properties: stored.properties))
  }

  mutating func purge() {
    ready = [:]
    delayed = []
    dead = []
  }
}

/// One consumer of an ``InMemoryBroker``.
struct InMemoryConsumer {
  let request: ConsumeRequest
  let sink: any DeliverySink
  var isCancelled = false
  var nextTag: UInt64 = 1
  var unsettled: [UInt64: (queue: String, stored: InMemoryQueue.Stored)] = [:]

  func unsettledCount(of queue: String) -> Int { unsettled.values.count { $0.queue == queue } }
}

/// Everything an ``InMemoryBroker`` holds: a value under its lock.
struct InMemoryState {
  var queues: [String: InMemoryQueue] = [:]
  /// Outcomes of the next publishes, for tests of failure.
  var failures: [PublishOutcome] = []
  private var consumers: [UInt32: InMemoryConsumer] = [:]
  /// A consumer keeps the handle it was given; the generation of its receipts changes when its connection is dropped.
  private var current: [UInt32: UInt32] = [:]
  private var lastGeneration: UInt32 = 0
  private var isClosed = false
  private var isPumping = false
  private var mustPumpAgain = false

  var nextDue: UInt64? { queues.values.compactMap { $0.delayed.first?.due }.min() }

  mutating func publish(_ publication: Publication, now: UInt64) -> PublishOutcome {
    if isClosed { return .unknown("the broker is closed") }
    if !failures.isEmpty { return failures.removeFirst() }
    let stored = InMemoryQueue.Stored(body: publication.body, properties: publication.properties)
    let name = publication.route.queue
    guard queues[name] != nil else { return .returned("312 NO_ROUTE for \(name)") }
    switch publication.route {
    case .queue: queues[name]?.append(stored)
    case .delayed(_, let delay):
      let due = now.addingReportingOverflow(delay.nanoseconds)
      queues[name]?.delay(stored, until: due.overflow ? .max : due.partialValue)
    case .deadLetter: queues[name]?.bury(stored)
    }
    return .confirmed
  }

  func counts(of name: String) -> InMemoryBroker.Counts {
    let queue = queues[name]
    return InMemoryBroker.Counts(
      ready: queue?.readyCount ?? 0, delayed: queue?.delayed.count ?? 0,
      unsettled: consumers.values.reduce(0) { $0 + $1.unsettledCount(of: name) }, dead: queue?.dead.count ?? 0)
  }

  // MARK: - Consumers

  mutating func addConsumer(_ request: ConsumeRequest, _ sink: any DeliverySink) -> UInt32 {
    lastGeneration += 1
    consumers[lastGeneration] = InMemoryConsumer(request: request, sink: sink)
    current[lastGeneration] = lastGeneration
    return lastGeneration
  }

  mutating func cancelConsumer(_ handle: UInt32) {
    guard let generation = current[handle] else { return }
    consumers[generation]?.isCancelled = true
  }

  func isConsuming(_ handle: UInt32) -> Bool {
    current[handle].flatMap { consumers[$0] }.map { !$0.isCancelled } ?? false
  }

  mutating func removeConsumer(_ handle: UInt32) -> (sink: any DeliverySink, generation: UInt32)? {
    guard let generation = current.removeValue(forKey: handle), let consumer = consumers.removeValue(forKey: generation)
    else { return nil }
    giveBack(consumer)
    return (consumer.sink, generation)
  }

  private mutating func giveBack(_ consumer: InMemoryConsumer) {
    for (_, entry) in consumer.unsettled.sorted(by: { $0.key > $1.key }) { queues[entry.queue]?.giveBack(entry.stored) }
  }

  /// Gives every consumer a new generation and takes its deliveries back.
  ///
  /// - Returns: The generations that ended, with their sinks.
  mutating func renewGenerations() -> [(UInt32, any DeliverySink)] {
    var ended: [(UInt32, any DeliverySink)] = []
    for (handle, generation) in current {
      guard var consumer = consumers.removeValue(forKey: generation) else { continue }
      giveBack(consumer)
      ended.append((generation, consumer.sink))
      consumer.unsettled = [:]
      consumer.nextTag = 1
      lastGeneration += 1
      consumers[lastGeneration] = consumer
      current[handle] = lastGeneration
    }
    return ended
  }

  mutating func close() -> [UInt32] {
    isClosed = true
    return Array(current.keys)
  }

  mutating func settle(_ receipt: Delivery.Receipt, _ settlement: Settlement) -> Bool {
    guard let entry = consumers[receipt.generation]?.unsettled.removeValue(forKey: receipt.tag) else {
      return consumers[receipt.generation] != nil
    }
    switch settlement {
    case .acknowledge: break
    case .requeue: queues[entry.queue]?.giveBack(entry.stored)
    case .reject: queues[entry.queue]?.bury(entry.stored)
    }
    return true
  }

  // MARK: - Deliveries

  /// - Returns: Whether the caller is to pump; else the one who pumps goes round again.
  mutating func beginPump() -> Bool {
    if isPumping {
      mustPumpAgain = true
      return false
    }
    isPumping = true
    return true
  }

  /// - Returns: Whether the pump may end.
  mutating func endPump() -> Bool {
    defer { mustPumpAgain = false }
    isPumping = mustPumpAgain
    return !mustPumpAgain
  }

  mutating func moveDue(now: UInt64) -> Bool {
    var moved = false
    for name in queues.keys where queues[name]?.moveDue(now: now) == true { moved = true }
    return moved
  }

  /// Everything that the prefetch counts allow, consumer after consumer.
  mutating func takeDeliverable() -> [(any DeliverySink, [Delivery])] {
    var batches: [(any DeliverySink, [Delivery])] = []
    for generation in consumers.keys.sorted() {
      guard var consumer = consumers[generation], !consumer.isCancelled else { continue }
      var batch: [Delivery] = []
      for queue in consumer.request.queues.map(\.name) {
        var free = consumer.request.prefetch - consumer.unsettledCount(of: queue)
        while free > 0, let stored = queues[queue]?.popFirst() {
          let receipt = Delivery.Receipt(generation: generation, tag: consumer.nextTag)
          consumer.unsettled[consumer.nextTag] = (queue, stored)
          consumer.nextTag += 1
          free -= 1
          batch.append(
            Delivery(
              queue: queue, body: stored.body, properties: stored.properties, redelivered: stored.redelivered,
              receipt: receipt))
        }
      }
      consumers[generation] = consumer
      if !batch.isEmpty { batches.append((consumer.sink, batch)) }
    }
    return batches
  }
}
