public import Logging
import Synchronization

/// RabbitMQ over AMQP 0-9-1, through librabbitmq.
///
/// One connection publishes for the whole process, made by the first publish, and each `consume` has one of its own. Both
/// recover by themselves, for ever.
public final class RabbitMQBroker: Broker {
  private let configuration: RabbitMQConfiguration
  private let logger: Logger
  private let declarations = QueueDeclarations()
  private let publisher = Lock<Publisher?>(nil)
  private let isClosed = Atomic(false)

  private struct Publisher: Sendable {
    let loop: ConnectionLoop
    let outbox: Outbox
  }

  /// Makes a broker; nothing is opened yet.
  public init(configuration: RabbitMQConfiguration, logger: Logger = Logger(label: "troupe.rabbitmq")) {
    self.configuration = configuration
    self.logger = logger
    for url in configuration.urls where !url.isLoopback && !url.usesTLS {
      logger.warning("\(url) sends passwords and messages in the clear; use amqps:// between machines")
    }
  }

  /// Notes how a queue is declared, for when it is first used.
  public func register(_ queue: QueueDeclaration) { declarations.register(queue) }

  /// Publishes, and returns an outcome for each publication.
  public func publish(_ publications: [Publication]) async -> [PublishOutcome] {
    guard let publisher = startedPublisher() else {
      return publications.map { _ in .unknown("the broker is closed") }
    }
    return await publisher.outbox.publish(publications)
  }

  /// Publishes without waiting; `completion` gets an outcome for each.
  ///
  /// - Returns: False when there is no room; then nothing was taken in.
  public func publish(
    _ publications: [Publication], completion: @escaping @Sendable ([PublishOutcome]) -> Void
  ) -> Bool { startedPublisher()?.outbox.submit(publications, completion: completion) ?? false }

  /// Begins to consume.
  ///
  /// - Throws: ``ActorSystemError`` when a queue's declaration is not valid.
  public func consume(_ request: ConsumeRequest, into sink: any DeliverySink) throws -> any Consumption {
    for queue in request.queues {
      try queue.validate()
      declarations.register(queue)
    }
    let loop = ConnectionLoop(configuration, role: "consumer", threads: sink as? any AttendingSink, logger: logger)
    let mailbox = ConsumerMailbox(loop)
    let (configuration, logger) = (configuration, logger)
    loop.start {
      ConsumerRole(request, sink: sink, mailbox: mailbox, configuration: configuration, logger: logger)
    }
    return RabbitMQConsumption(loop: loop, mailbox: mailbox)
  }

  /// Closes after what is under way has ended; may be called twice.
  public func close() async {
    isClosed.store(true, ordering: .releasing)
    guard let publisher = publisher.withLock({ $0 }) else { return }
    await publisher.outbox.close()
    publisher.loop.stop()
    await publisher.loop.join()
    DeadlineTimer.shared.unregister(publisher.outbox)
  }

  /// What the publishing connection last said was wrong, also when nobody waits for it; nil since it has worked again.
  public var publisherTrouble: String? { publisher.withLock { $0?.outbox.trouble } }

  /// Why publishes wait, if some do.
  public var publishingTrouble: String? { publisher.withLock { $0 }?.outbox.stall }

  private func startedPublisher() -> Publisher? {
    publisher.withLock { publisher in
      if let publisher { return publisher }
      guard !isClosed.load(ordering: .acquiring) else { return nil }
      let loop = ConnectionLoop(configuration, role: "publisher", logger: logger)
      let outbox = Outbox(configuration, loop)
      DeadlineTimer.shared.register(outbox)
      let (configuration, declarations, logger) = (configuration, declarations, logger)
      loop.start { PublisherRole(configuration, outbox: outbox, declarations: declarations, logger: logger) }
      let made = Publisher(loop: loop, outbox: outbox)
      publisher = made
      return made
    }
  }
}
