public import Logging
import Metrics
import Synchronization

/// Sends messages: the send side of the chain and a broker. A process that only sends needs nothing else.
public final class MessageSender: Sendable {
  /// The broker that messages go to.
  public let broker: any Broker
  /// The layers that look at what is sent.
  private let layers: [any Middleware]
  private let sent: SentMessages?

  /// Makes the sender of a system. Nothing is opened before the first send.
  ///
  /// - Throws: ``ActorSystemError`` when the system or the broker's configuration has a mistake.
  public convenience init(_ system: ActorSystem, logger: Logger = Logger(label: "troupe.sender")) throws {
    try system.validate()
    try self.init(system, broker: system.broker.make(logger))
  }

  package convenience init(_ system: ActorSystem, broker: any Broker) throws {
    try self.init(system, broker: broker, counting: SentMessages(MetricsSystem.factory))
  }

  init(_ system: ActorSystem, broker: any Broker, counting sent: SentMessages?) throws {
    self.broker = broker
    self.sent = sent
    layers = system.middleware.layers.filter { !($0 is any SendsUnchanged) }
    for queue in system.registry.queues { broker.register(system.declaration(of: queue)) }
    for queue in system.queues.values { broker.register(queue) }
  }

  /// Sends one message and waits until the broker has confirmed it.
  ///
  /// - Throws: ``SendError`` when the broker did not confirm, or what a middleware's `send` throws.
  public func send(_ outgoing: OutgoingMessage) async throws {
    let publication = try await publication(for: outgoing)
    let outcome = await broker.publish([publication])[0]
    sent?.count([outgoing], [publication], [outcome])
    if !outcome.isConfirmed { throw SendError([(0, outcome)], of: 1) }
  }

  /// Sends many messages with pipelined confirms.
  ///
  /// - Throws: ``SendError`` naming every message that was not confirmed; the others are with the broker.
  public func send(contentsOf outgoing: [OutgoingMessage]) async throws {
    var publications: [Publication] = []
    publications.reserveCapacity(outgoing.count)
    for message in outgoing { publications.append(try await publication(for: message)) }
    let outcomes = await broker.publish(publications)
    sent?.count(outgoing, publications, outcomes)
    let failures = outcomes.enumerated().filter { !$0.element.isConfirmed }.map { ($0.offset, $0.element) }
    if !failures.isEmpty { throw SendError(failures, of: outcomes.count) }
  }

  /// Half of the precision with which brokers keep delays: anything shorter is nearest to none.
  private static let shortestDelay = Duration.milliseconds(4)

  /// Passes a message through the send side of the chain and says how it is published.
  package func publication(for outgoing: OutgoingMessage) async throws -> Publication {
    var outgoing = outgoing
    for layer in layers { try await layer.send(&outgoing) }
    return try Self.publication(of: outgoing)
  }

  /// The same without waiting for anybody.
  ///
  /// - Returns: nil when a layer has to be asked, which may take its time.
  package func publicationAtOnce(for outgoing: OutgoingMessage) throws -> Publication? {
    layers.isEmpty ? try Self.publication(of: outgoing) : nil
  }

  private static func publication(of outgoing: OutgoingMessage) throws -> Publication {
    var outgoing = outgoing
    let queue = QueueName.canonical(outgoing.message.queueName)
    try QueueName.validate(queue)
    outgoing.message.queueName = queue
    var route = Publication.Route.queue(queue)
    if let delay = outgoing.delay, delay >= shortestDelay {
      let due = WallClock.now.addingReportingOverflow(delay.milliseconds)
      outgoing.message.options.set("eta", to: due.overflow ? .max : due.partialValue)
      route = .delayed(queue: queue, by: delay)
    }
    let priority = outgoing.message.options.integer("broker_priority").flatMap(UInt8.init(exactly:))
    return Publication(
      route: route, body: .bytes(outgoing.message.encoded()),
      properties: MessageProperties(priority: priority, headers: outgoing.headers))
  }

  /// Closes the broker's connections.
  public func close() async { await broker.close() }
}

extension MessageSender {
  private static let processDefault = Lock<MessageSender?>(nil)

  /// The sender bound to the current task; a worker binds its own around every actor.
  @TaskLocal package static var bound: MessageSender?

  /// Sets the process-wide sender.
  package static func setDefault(_ sender: MessageSender) { processDefault.withLock { $0 = sender } }

  /// The sender that `message.send()` uses: the one bound to the task, else the process-wide one, else one for the broker at
  /// `AMQP_URL`, made at first use.
  ///
  /// - Throws: ``ActorSystemError`` when no broker is configured.
  public static func current() throws -> MessageSender {
    if let bound { return bound }
    return try processDefault.withLock { sender in
      if let sender { return sender }
      let made = try MessageSender(ActorSystem())
      sender = made
      return made
    }
  }

  /// Uses this sender for every `message.send()` inside `body`.
  public func withBound<R>(_ body: () async throws -> R) async rethrows -> R {
    try await Self.$bound.withValue(self, operation: body)
  }
}

/// Some messages of a send were not confirmed by the broker.
public struct SendError: Error, Sendable, CustomStringConvertible {
  /// The messages that were not confirmed: index in the send and outcome.
  public let failures: [(index: Int, outcome: PublishOutcome)]
  /// How many messages the send had.
  public let total: Int

  package init(_ failures: [(Int, PublishOutcome)], of total: Int) {
    self.failures = failures.map { (index: $0.0, outcome: $0.1) }
    self.total = total
  }

  /// What happened, and what to do.
  public var description: String {
    let first = failures.first.map { "the first, number \($0.index): \($0.outcome)" } ?? ""
    return "\(failures.count) of \(total) messages were not confirmed by the broker; \(first). "
      + "Send them again with the same ids: an unknown outcome may mean that the message has arrived."
  }
}
