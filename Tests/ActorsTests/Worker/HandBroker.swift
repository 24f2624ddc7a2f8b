import Actors
import Synchronization

/// A broker worked by hand: a test delivers what it likes, sees what is settled and published, and says how publishes
/// end.
final class HandBroker: Broker, Consumption {
  private struct State {
    var sink: (any DeliverySink)?
    var live: Set<UInt32> = [1]
    var settled: [Delivery.Receipt: Settlement] = [:]
    var stale: [Delivery.Receipt] = []
    var published: [Publication] = []
    var outcomes: [PublishOutcome] = []
    var usual = PublishOutcome.confirmed
    var takesAtOnce = false
    var held: [(publications: [Publication], completion: @Sendable ([PublishOutcome]) -> Void)] = []
    var isCancelled = false
    var isClosed = false
    var state = ConsumptionState.consuming
  }

  private let kept = Lock(State())

  // MARK: For the test

  func deliver(_ deliveries: Delivery...) { kept.withLock { $0.sink }?.deliver(deliveries) }

  /// Loses the channel of a generation; from now on the next one lives.
  func lose(_ generation: UInt32) {
    let sink = kept.withLock { state in
      state.live.remove(generation)
      state.live.insert(generation + 1)
      return state.sink
    }
    sink?.revoke(generation: generation)
  }

  /// Loses a channel without telling anybody yet.
  func loseSilently(_ generation: UInt32) { kept.withLock { state in _ = state.live.remove(generation) } }

  /// How the next publishes end; later ones are confirmed.
  func answerNext(_ outcomes: PublishOutcome...) { kept.withLock { $0.outcomes = outcomes } }
  /// How every further publish ends.
  func answerAlways(_ outcome: PublishOutcome) { kept.withLock { $0.usual = outcome } }
  /// From now on publishes that nobody waits for are taken in, and held until ``answerHeld(_:)``.
  func takeAtOnce() { kept.withLock { $0.takesAtOnce = true } }
  var heldCount: Int { kept.withLock { $0.held.count } }
  /// Ends every publish that is held.
  func answerHeld(_ outcome: PublishOutcome) {
    let held = kept.withLock { state in
      defer { state.held = [] }
      if outcome.isConfirmed { state.published += state.held.flatMap(\.publications) }
      return state.held
    }
    for (publications, completion) in held { completion(publications.map { _ in outcome }) }
  }
  func setState(_ state: ConsumptionState) { kept.withLock { $0.state = state } }

  var isConsumed: Bool { kept.withLock { $0.sink != nil } }
  var isCancelled: Bool { kept.withLock { $0.isCancelled } }
  var isClosed: Bool { kept.withLock { $0.isClosed } }
  var published: [Publication] { kept.withLock { $0.published } }
  var staleSettles: [Delivery.Receipt] { kept.withLock { $0.stale } }
  func settlement(_ tag: UInt64, generation: UInt32 = 1) -> Settlement? {
    kept.withLock { $0.settled[Delivery.Receipt(generation: generation, tag: tag)] }
  }

  // MARK: Broker

  func register(_ queue: QueueDeclaration) {}

  func publish(_ publications: [Publication]) async -> [PublishOutcome] {
    kept.withLock { state in
      publications.map { publication in
        let outcome = state.outcomes.isEmpty ? state.usual : state.outcomes.removeFirst()
        if outcome.isConfirmed { state.published.append(publication) }
        return outcome
      }
    }
  }

  func publish(
    _ publications: [Publication], completion: @escaping @Sendable ([PublishOutcome]) -> Void
  ) -> Bool {
    kept.withLock { state in
      if state.takesAtOnce { state.held.append((publications, completion)) }
      return state.takesAtOnce
    }
  }

  func consume(_ request: ConsumeRequest, into sink: any DeliverySink) throws -> any Consumption {
    kept.withLock { $0.sink = sink }
    return self
  }

  // MARK: Consumption

  func settle(_ receipt: Delivery.Receipt, _ settlement: Settlement) -> Bool {
    kept.withLock { state in
      guard state.live.contains(receipt.generation) else {
        state.stale.append(receipt)
        return false
      }
      state.settled[receipt] = settlement
      return true
    }
  }

  func cancel() async { kept.withLock { $0.isCancelled = true } }
  func close() async { kept.withLock { $0.isClosed = true } }
  var state: ConsumptionState { kept.withLock { $0.state } }
}

extension Delivery {
  /// A delivery of a message on queue `hand`.
  static func of(
    _ message: Message, tag: UInt64, generation: UInt32 = 1, redelivered: Bool = false, fromDelayQueue: Bool = false,
    headers: [String: AMQPValue] = [:]
  ) -> Delivery {
    .of(
      message.encoded(), tag: tag, generation: generation, redelivered: redelivered, fromDelayQueue: fromDelayQueue,
      headers: headers)
  }

  /// A delivery of any bytes on queue `hand`.
  static func of(
    _ body: [UInt8], tag: UInt64, generation: UInt32 = 1, redelivered: Bool = false, fromDelayQueue: Bool = false,
    headers: [String: AMQPValue] = [:]
  ) -> Delivery {
    Delivery(
      queue: "hand", isFromDelayQueue: fromDelayQueue, body: .bytes(body),
      properties: MessageProperties(headers: headers), redelivered: redelivered,
      receipt: Receipt(generation: generation, tag: tag))
  }
}

extension Publication {
  /// The bytes of the body.
  var bytes: [UInt8] { body.withUnsafeBytes { Array($0) } }
  /// The message in the body.
  var message: Message? { try? Message(decoding: bytes) }
}
