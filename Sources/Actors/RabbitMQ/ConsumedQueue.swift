/// One consumed queue of the consuming connection, and the channel that it has at the moment.
final class ConsumedQueue {
  let declaration: QueueDeclaration
  let isDelayQueue: Bool
  let prefetch: Int
  private let readsAhead: Bool
  var backoff: ReconnectBackoff
  /// Why there is no consumer, and when to try again (monotonic nanoseconds).
  var trouble: (error: RabbitMQError, retryAt: UInt64)?
  var channel: OpenChannel?

  /// The state of one open channel. A class: it is looked up for every frame, and a copy would be as dear as the frame.
  final class OpenChannel {
    let number: UInt16
    let generation: UInt32
    let consumerTag: String
    /// The second consumer, while the channel reads further ahead.
    var extraTag: String?
    var readAhead: ReadAhead
    /// What the keeper is to do about the read-ahead.
    var change: ReadAhead.Change?
    var tracker: AckTracker
    var assembler: ContentAssembler

    init(
      number: UInt16, generation: UInt32, consumerTag: String, prefetch: Int, readsAhead: Bool, maxBodySize: Int
    ) {
      self.number = number
      self.generation = generation
      self.consumerTag = consumerTag
      readAhead = ReadAhead(prefetch: prefetch, isAllowed: readsAhead)
      tracker = AckTracker(prefetch: prefetch)
      assembler = ContentAssembler(maxBodySize: maxBodySize)
    }
  }

  /// - Parameter readsAhead: Whether the prefetch may be doubled while messages take milliseconds.
  init(
    _ declaration: QueueDeclaration, isDelayQueue: Bool, prefetch: Int, readsAhead: Bool, backoff: ClosedRange<Duration>
  ) {
    self.declaration = declaration
    self.isDelayQueue = isDelayQueue
    self.prefetch = prefetch
    self.readsAhead = readsAhead
    self.backoff = ReconnectBackoff(backoff)
  }

  /// The queue's name at the broker.
  var name: String { isDelayQueue ? QueueName.delay(declaration.name) : declaration.name }

  /// Opens the channel and starts the consumer.
  func open(_ connection: AMQPConnection, generation: UInt32, maxBodySize: Int) throws(RabbitMQError) {
    let number = try connection.openChannel()
    try connection.setPrefetch(prefetch, on: number)
    let tag = try connection.consume(name, on: number)
    channel = OpenChannel(
      number: number, generation: generation, consumerTag: tag, prefetch: prefetch, readsAhead: readsAhead,
      maxBodySize: maxBodySize)
    trouble = nil
    backoff.reset()
  }

  /// Reads further ahead, or no further than usual. A consumer's prefetch is fixed when it starts, hence a second one.
  func change(_ connection: AMQPConnection) throws(RabbitMQError) {
    guard let channel, let change = channel.change else { return }
    channel.change = nil
    switch change {
    case .extend:
      guard channel.extraTag == nil else { return }
      try connection.setPrefetch(prefetch, on: channel.number)
      channel.extraTag = try connection.consume(name, isExtra: true, on: channel.number)
      channel.tracker.prefetch = 2 * prefetch
    case .retract:
      guard let tag = channel.extraTag else { return }
      channel.extraTag = nil
      try connection.cancelConsumer(tag, on: channel.number)
      channel.tracker.prefetch = prefetch
    }
    channel.readAhead.changed(now: MonotonicClock.now)
  }

  /// Notes that there is no consumer; the next attempt comes after a pause.
  func failed(_ error: RabbitMQError, now: UInt64) {
    trouble = (error, now &+ backoff.next(jitter: .random(in: 0..<1)))
  }
}
