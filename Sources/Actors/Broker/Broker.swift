/// What a message broker must do for senders and workers. ``RabbitMQBroker`` is the real one, ``InMemoryBroker`` has the same
/// semantics for unit tests.
///
/// Making a broker opens nothing; connections are made by the first publish and the first consume.
public protocol Broker: Sendable {
  /// Remembers a queue; it is declared at the broker before the first publish to it or consume from it.
  func register(_ queue: QueueDeclaration)

  /// Publishes messages and waits until each is confirmed or its outcome is otherwise known. The confirms of one call are
  /// pipelined.
  ///
  /// - Returns: The outcomes, in the order of the publications.
  func publish(_ publications: [Publication]) async -> [PublishOutcome]

  /// Publishes messages if they can be taken in at once, without anybody waiting: for those who go on with other work.
  ///
  /// - Parameters:
  ///   - publications: What to publish.
  ///   - completion: Called once with the outcomes, in the order of the publications, on a thread of the broker's: it must
  ///     return at once.
  /// - Returns: False when they cannot be taken in at once; then nothing was published and `completion` is never called.
  func publish(_ publications: [Publication], completion: @escaping @Sendable ([PublishOutcome]) -> Void) -> Bool

  /// Why publishes wait for longer than they should, for readiness and logs; nil when they do not.
  var publishingTrouble: String? { get }

  /// Starts to consume. Returns at once; connecting, declaring and recovering go on by themselves, for ever.
  func consume(_ request: ConsumeRequest, into sink: any DeliverySink) throws -> any Consumption

  /// Closes every connection after what is under way has ended; may be called twice.
  func close() async
}

extension Broker {
  /// Never takes anything in: ``publish(_:)`` does all.
  public func publish(
    _ publications: [Publication], completion: @escaping @Sendable ([PublishOutcome]) -> Void
  ) -> Bool { false }

  /// Nothing is known of any.
  public var publishingTrouble: String? { nil }
}

/// What to consume.
public struct ConsumeRequest: Sendable {
  /// The queues; the delay queue of each is drained as well.
  public var queues: [QueueDeclaration]
  /// How many unsettled deliveries each queue may have in this process.
  public var prefetch: Int
  /// Whether the prefetch may be exceeded, up to twice, while deliveries are settled within milliseconds. A broker may
  /// ignore it.
  public var readsAhead: Bool
  /// Bodies above this many bytes are not held in memory.
  public var maxBodySize: Int

  /// Makes a request.
  public init(
    queues: [QueueDeclaration], prefetch: Int, readsAhead: Bool = false, maxBodySize: Int = 16 * 1024 * 1024
  ) {
    self.queues = queues
    self.prefetch = prefetch
    self.readsAhead = readsAhead
    self.maxBodySize = maxBodySize
  }
}

/// Takes deliveries. Called by one thread at a time, whichever is at the connection: it must return at once.
public protocol DeliverySink: Sendable {
  /// A batch of deliveries, in order of arrival.
  func deliver(_ batch: [Delivery])
  /// The channel of this generation is gone: the broker will deliver again whatever of it was not settled.
  func revoke(generation: UInt32)
  /// Gives up those of some deliveries that nobody has begun: too many have been read ahead.
  ///
  /// - Returns: What is the sink's no more.
  func withdraw(_ tags: Set<UInt64>, of generation: UInt32) -> [Delivery.Receipt]
}

extension DeliverySink {
  /// Gives up nothing.
  public func withdraw(_ tags: Set<UInt64>, of generation: UInt32) -> [Delivery.Receipt] { [] }
}

/// How a delivery is settled.
public enum Settlement: Sendable, Hashable {
  /// It is done: the broker forgets it.
  case acknowledge
  /// It goes back to its queue.
  case requeue
  /// It is refused: the broker dead-letters it to `.XQ` by itself.
  case reject
}

/// A running consumption.
public protocol Consumption: Sendable {
  /// Settles a delivery. Returns at once; acknowledgements are coalesced.
  ///
  /// - Returns: False when the receipt's channel is gone: nothing was sent, and the message will come again.
  @discardableResult
  func settle(_ receipt: Delivery.Receipt, _ settlement: Settlement) -> Bool

  /// Stops the flow of deliveries (basic.cancel); what has come can still be settled.
  func cancel() async

  /// Sends every settlement that is due, then closes the channels, and with it returns what is unsettled to the queues.
  func close() async

  /// How the consumption is doing.
  var state: ConsumptionState { get }
}

/// How a consumption is doing, for readiness and logs.
public enum ConsumptionState: Sendable, Hashable, CustomStringConvertible {
  /// Connecting for the first time or again; the text says why and since when.
  case connecting(String)
  /// Every queue has a consumer.
  case consuming
  /// Connected, but some queue has no consumer; the text says which and why.
  case degraded(String)
  /// Asked to stop; nothing more will come.
  case stopped

  /// In words.
  public var description: String {
    switch self {
    case .connecting(let why): "connecting: \(why)"
    case .consuming: "consuming"
    case .degraded(let why): "degraded: \(why)"
    case .stopped: "stopped"
    }
  }
}
