/// One consumed queue of the consuming connection, and the channel that it has at the moment.
final class ConsumedQueue {
  let declaration: QueueDeclaration
  let isDelayQueue: Bool
  let prefetch: Int
  var backoff: ReconnectBackoff
  /// Why there is no consumer, and when to try again (monotonic nanoseconds).
  var trouble: (error: RabbitMQError, retryAt: UInt64)?
  var channel: OpenChannel?

  /// The state of one open channel. A class: it is looked up for every frame, and a copy would be as dear as the frame.
  final class OpenChannel {
    let number: UInt16
    let generation: UInt32
    let consumerTag: String
    var tracker: AckTracker
    var assembler: ContentAssembler

    init(number: UInt16, generation: UInt32, consumerTag: String, prefetch: Int, maxBodySize: Int) {
      self.number = number
      self.generation = generation
      self.consumerTag = consumerTag
      tracker = AckTracker(prefetch: prefetch)
      assembler = ContentAssembler(maxBodySize: maxBodySize)
    }
  }

  init(_ declaration: QueueDeclaration, isDelayQueue: Bool, prefetch: Int, backoff: ClosedRange<Duration>) {
    self.declaration = declaration
    self.isDelayQueue = isDelayQueue
    self.prefetch = prefetch
    self.backoff = ReconnectBackoff(backoff)
  }

  /// The queue's name at the broker.
  var name: String { isDelayQueue ? QueueName.delay(declaration.name) : declaration.name }

  /// Notes that there is no consumer; the next attempt comes after a pause.
  func failed(_ error: RabbitMQError, now: UInt64) {
    trouble = (error, now &+ backoff.next(jitter: .random(in: 0..<1)))
  }
}
