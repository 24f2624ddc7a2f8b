import Synchronization

/// A broker in this process, with RabbitMQ's semantics as far as senders and workers can see them: prefetch, redelivery,
/// priorities, delays, dead letters. For unit tests and for trying things out; what it holds ends with the process.
///
/// ```swift
/// let broker = InMemoryBroker()
/// system.broker = .instance(broker)
/// // … run a worker, send messages …
/// try await broker.join("default")
/// #expect(broker.deadLetters(of: "default").isEmpty)
/// ```
public final class InMemoryBroker: Broker, DeadlineSource {
  let state = Lock(InMemoryState())

  /// An empty broker. Queues exist once they are registered, which a worker and a sender do for those of their actors.
  public init() { DeadlineTimer.shared.register(self) }

  /// Notes how a queue is declared, for when it is first used.
  public func register(_ queue: QueueDeclaration) {
    state.withLock { state in
      if state.queues[queue.name] == nil { state.queues[queue.name] = InMemoryQueue(maxPriority: queue.maxPriority) }
    }
  }

  /// Publishes, and returns an outcome for each publication.
  public func publish(_ publications: [Publication]) async -> [PublishOutcome] {
    let now = MonotonicClock.now
    let (outcomes, nextDue) = state.withLock { state in
      let outcomes = publications.map { state.publish($0, now: now) }
      return (outcomes, state.nextDue)
    }
    if let nextDue { DeadlineTimer.shared.notify(at: nextDue) }
    pump()
    return outcomes
  }

  /// Begins to consume.
  ///
  /// - Throws: ``ActorSystemError`` when a queue's declaration is not valid.
  public func consume(_ request: ConsumeRequest, into sink: any DeliverySink) throws -> any Consumption {
    for queue in request.queues {
      try queue.validate()
      register(queue)
    }
    let generation = state.withLock { $0.addConsumer(request, sink) }
    pump()
    return InMemoryConsumption(broker: self, generation: generation)
  }

  /// Closes after what is under way has ended; may be called twice.
  public func close() async {
    for generation in state.withLock({ $0.close() }) { end(generation) }
    DeadlineTimer.shared.unregister(self)
  }

  // MARK: - For tests

  /// How many messages of a queue are in each place.
  public struct Counts: Sendable, Hashable {
    /// Ready to be delivered.
    public let ready: Int
    /// Waiting for their time.
    public let delayed: Int
    /// Delivered and not settled.
    public let unsettled: Int
    /// In the dead-letter queue.
    public let dead: Int
  }

  /// Counts the messages of a queue; all zero when there is no such queue.
  public func counts(of queue: String) -> Counts { state.withLock { $0.counts(of: queue) } }

  /// The dead letters of a queue, oldest first.
  public func deadLetters(of queue: String) -> [DeadLetter] { state.withLock { $0.queues[queue]?.dead ?? [] } }

  /// Waits until a queue has no message that is ready, delayed or unsettled. What failed for good does not count: see
  /// ``deadLetters(of:)``.
  ///
  /// - Throws: ``JoinTimeout`` when that takes longer than `timeout`; `CancellationError`.
  public func join(_ queue: String, timeout: Duration = .seconds(10)) async throws {
    let deadline = MonotonicClock.now &+ timeout.nanoseconds
    while true {
      let counts = counts(of: queue)
      if counts.ready + counts.delayed + counts.unsettled == 0 { return }
      guard MonotonicClock.now < deadline else { throw JoinTimeout(queue: queue, counts: counts) }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  /// Removes every message of a queue that is not delivered, dead letters included.
  public func purge(_ queue: String) { state.withLock { $0.queues[queue]?.purge() } }

  /// Makes the next publishes fail: nothing of them is stored. To test what happens when a broker does not confirm.
  public func failNextPublishes(_ count: Int, with outcome: PublishOutcome = .nacked) {
    state.withLock { $0.failures += Array(repeating: outcome, count: count) }
  }

  /// Takes every delivery of every consumer back, as if their connections had been lost: they are delivered again, marked as
  /// redelivered.
  public func dropConnections() {
    for (generation, sink) in state.withLock({ $0.renewGenerations() }) { sink.revoke(generation: generation) }
    pump()
  }

  // MARK: - Deliveries

  /// Hands out what can be handed out. One caller at a time, so that the order is kept; a call from inside a sink makes the
  /// outer one go round again.
  func pump() {
    guard state.withLock({ $0.beginPump() }) else { return }
    repeat {
      for (sink, batch) in state.withLock({ $0.takeDeliverable() }) { sink.deliver(batch) }
    } while !state.withLock({ $0.endPump() })
  }

  /// Moves what is due to its queue. Called by the timer thread.
  package func fire(now: UInt64) -> UInt64? {
    let (moved, next) = state.withLock { state in (state.moveDue(now: now), state.nextDue) }
    if moved { pump() }
    return next
  }

  func settle(_ receipt: Delivery.Receipt, _ settlement: Settlement) -> Bool {
    let isLive = state.withLock { $0.settle(receipt, settlement) }
    pump()
    return isLive
  }

  func end(_ generation: UInt32) {
    let ended = state.withLock { $0.removeConsumer(generation) }
    ended?.sink.revoke(generation: ended?.generation ?? generation)
    pump()
  }
}

/// A message that an ``InMemoryBroker`` keeps as a dead letter.
public struct DeadLetter: Sendable {
  /// The body, as it was delivered.
  public let body: MessageBody
  /// Properties and headers; `x-troupe-reason` tells why.
  public let properties: MessageProperties

  /// Why the message died.
  public var reason: DeadLetterReason? {
    properties.headers["x-troupe-reason"]?.stringValue.map(DeadLetterReason.init(rawValue:))
  }

  /// The message, when the body can be read.
  public var message: Message? {
    guard case .bytes(let bytes) = body else { return nil }
    return try? Message(decoding: bytes)
  }
}

/// A queue of an ``InMemoryBroker`` did not become empty in time.
public struct JoinTimeout: Error, Sendable, CustomStringConvertible {
  /// The queue.
  public let queue: String
  /// What it still held.
  public let counts: InMemoryBroker.Counts

  /// What was still there.
  public var description: String {
    "queue \(queue) did not become empty: \(counts.ready) ready, \(counts.delayed) delayed, \(counts.unsettled) unsettled"
  }
}

extension BrokerSource {
  /// A fresh ``InMemoryBroker``; use ``instance(_:)`` to keep hold of it.
  public static var inMemory: BrokerSource { BrokerSource { _ in InMemoryBroker() } }
}
