import Logging
import Metrics

/// The consuming connection: a channel for each queue, deliveries out, settlements in. Used by whoever holds the
/// connection's ``ConnectionLease``.
final class ConsumerRole: ConnectionRole {
  private let queues: [ConsumedQueue]
  private let request: ConsumeRequest
  private let sink: any DeliverySink
  private let mailbox: ConsumerMailbox
  private let logger: Logger
  private var byChannel: [UInt16: ConsumedQueue] = [:]
  private var latest: ConsumedQueue?
  private var batch: [Delivery] = []
  private var settlements: [(Delivery.Receipt, Settlement)] = []
  private var generation: UInt32 = 0
  private var isCancelled = false
  private var pacing = ReadPacing(threshold: 12)
  private var isConnected = false
  private var reportedConflicts: Set<String> = []
  private let reconnects = Counter(label: "actor_broker_reconnects_total", dimensions: [("connection", "consumer")])
  private let staleSettlements = Counter(label: "actor_messages_stale_acks_total")

  init(
    _ request: ConsumeRequest, sink: any DeliverySink, mailbox: ConsumerMailbox, configuration: RabbitMQConfiguration,
    logger: Logger
  ) {
    self.request = request
    self.sink = sink
    self.mailbox = mailbox
    self.logger = logger
    queues = request.queues.flatMap { declaration in
      [
        ConsumedQueue(
          declaration, isDelayQueue: false, prefetch: request.prefetch, readsAhead: request.readsAhead,
          backoff: configuration.backoff),
        ConsumedQueue(
          declaration, isDelayQueue: true, prefetch: min(request.prefetch, 256), readsAhead: false,
          backoff: configuration.backoff),
      ]
    }
  }

  var isWanted: Bool { true }
  var awaitsWritable: Bool { false }
  func mayPause(now: UInt64) -> Bool { pacing.mayPause(now: now, limit: max(request.prefetch / 4, 1)) }
  var nextDeadline: UInt64? {
    var earliest: UInt64?
    for queue in queues {
      let deadline = isCancelled ? nil : queue.trouble?.retryAt
      for time in [deadline, queue.channel?.tracker.nextDeadline, queue.channel?.readAhead.nextDeadline] {
        if let time { earliest = min(earliest ?? time, time) }
      }
    }
    return earliest
  }

  // MARK: - The connection's life

  func opened(_ connection: AMQPConnection) throws(RabbitMQError) {
    isConnected = true
    for queue in queues where !isCancelled { try open(queue, connection) }
    reportState(connection.url)
  }

  func lost(_ error: RabbitMQError) {
    isConnected = false
    reconnects.increment()
    for queue in queues { drop(queue) }
    batch.removeAll()
    mailbox.consumption = .connecting("\(error)")
    if !isCancelled { logger.warning("the consuming connection was lost: \(error)") }
    answerRequests()
  }

  func unreachable(_ error: RabbitMQError, attempts: Int) {
    mailbox.consumption = .connecting("\(error)")
    let line: Logger.Message = "no broker to consume from (attempt \(attempts)): \(error)"
    // Once when it begins and then now and again: an outage of hours must not fill the log.
    if attempts == 1 || attempts % 60 == 0 { logger.warning(line) } else { logger.debug(line) }
    answerRequests()
  }

  func closing(_ connection: AMQPConnection) {
    mailbox.take(into: &settlements)
    for (receipt, settlement) in settlements { try? settle(receipt, settlement, connection) }
    for queue in queues {
      guard let channel = queue.channel else { continue }
      do throws(RabbitMQError) {
        try flush(channel, all: true, connection)
        try connection.closeChannel(channel.number)
      } catch {
        logger.warning("closing the channel of \(queue.name): \(error); unsettled messages return to their queue")
      }
      drop(queue)
    }
  }

  func stopped() {
    for queue in queues { drop(queue) }
    mailbox.consumption = .stopped
    answerRequests()
  }

  // MARK: - A queue's channel

  private func open(_ queue: ConsumedQueue, _ connection: AMQPConnection) throws(RabbitMQError) {
    do throws(RabbitMQError) {
      if !queue.isDelayQueue || queue.trouble != nil {
        try connection.declare(queue.declaration) { report($0) }
      }
      try queue.open(connection, generation: generation + 1, maxBodySize: request.maxBodySize)
      generation += 1
      mailbox.add(generation: generation)
      if let number = queue.channel?.number { byChannel[number] = queue }
    } catch {
      guard error.concernsChannelOnly else { throw error }
      if queue.trouble == nil { logger.error("queue \(queue.name) cannot be consumed: \(error)") }
      queue.failed(error, now: MonotonicClock.now)
    }
  }

  /// The queue's channel is gone, and with it the right to settle what it delivered.
  private func drop(_ queue: ConsumedQueue) {
    guard let channel = queue.channel else { return }
    queue.channel = nil
    byChannel[channel.number] = nil
    batch.removeAll { $0.receipt.generation == channel.generation }
    mailbox.remove(generation: channel.generation)
    sink.revoke(generation: channel.generation)
  }

  private func report(_ conflict: TopologyConflict) {
    if reportedConflicts.insert(conflict.description).inserted { logger.error("\(conflict)") }
  }

  // MARK: - Frames

  func received(_ frame: IncomingFrame, on connection: AMQPConnection) throws(RabbitMQError) {
    switch frame {
    case .deliver(let channel, let tag, let redelivered, let isExtra):
      try queue(on: channel)?.channel?.assembler.begin(
        .delivery(tag: tag, redelivered: redelivered, isExtra: isExtra))
    case .header(let channel, let size, let properties):
      guard let queue = queue(on: channel) else { return }
      let content = try queue.channel?.assembler.header(size: size, MessageProperties(ifAny: properties))
      if let content { try complete(content, queue, connection) }
    case .body(let channel, let bytes):
      guard let queue = queue(on: channel) else { return }
      if let content = try queue.channel?.assembler.body(bytes) { try complete(content, queue, connection) }
    case .consumerCancelled(let channel, _):
      guard let queue = byChannel[channel] else { return }
      logger.warning("the broker cancelled the consumer of \(queue.name): was the queue deleted? consuming it again")
      try? connection.closeChannel(channel)
      lose(queue, RabbitMQError(.channelClosed, "the broker cancelled the consumer"), connection)
    case .channelClosed(let channel, let error):
      connection.confirmChannelClosed(channel)
      guard let queue = byChannel[channel] else { return }
      logger.warning("\(explanation(of: error, queue))")
      lose(queue, error, connection)
    case .returned, .confirm, .blocked, .unblocked, .ignored: break
    }
  }

  /// The headers of a message cannot be decoded: newer versions of the library refuse tables in tables beyond a depth. The
  /// message would end this connection and every one after it, so it is sent to its dead letters first. It is the one that
  /// waits for its header: the frames of one content follow each other.
  func becameUnreadable(_ connection: AMQPConnection, _ error: RabbitMQError) {
    // Also when a request was waiting for its answer: then the delivery is among the frames that were put by.
    while connection.hasFramesPutBy {
      guard let frame = try? connection.nextFrame(), (try? received(frame, on: connection)) != nil else { break }
    }
    let waiting = queues.compactMap { queue -> (ConsumedQueue, ConsumedQueue.OpenChannel, UInt64)? in
      guard let channel = queue.channel, case .delivery(let tag, _, _) = channel.assembler.awaitsHeader else { return nil }
      return (queue, channel, tag)
    }
    guard waiting.count == 1, let (queue, channel, tag) = waiting.first else { return }
    do throws(RabbitMQError) {
      // What has been settled would come again with the next connection.
      mailbox.take(into: &settlements)
      for (receipt, settlement) in settlements { try settle(receipt, settlement, connection) }
      try flush(channel, all: true, connection)
      try connection.refuse(tag, requeue: false, on: channel.number)
      connection.finishSending()
      logger.error(
        "the headers of a message on \(queue.name) cannot be decoded (\(error)): rejected to its dead letters")
    } catch {
      logger.warning("a message with undecodable headers could not be rejected: \(error)")
    }
  }

  /// The queue of a channel; three frames of a message in a row ask for the same one.
  private func queue(on channel: UInt16) -> ConsumedQueue? {
    if let latest, latest.channel?.number == channel { return latest }
    latest = byChannel[channel]
    return latest
  }

  private func lose(_ queue: ConsumedQueue, _ error: RabbitMQError, _ connection: AMQPConnection) {
    drop(queue)
    queue.failed(error, now: MonotonicClock.now)
    reportState(connection.url)
  }

  private func explanation(of error: RabbitMQError, _ queue: ConsumedQueue) -> String {
    guard error.replyCode == 406, error.message.contains("timeout") else {
      return "the broker closed the channel of \(queue.name): \(error); opening another"
    }
    return
      "the broker closed the channel of \(queue.name) because a message was not settled in time: \(error). Its unsettled "
      + "messages come again; raise the broker's consumer_timeout above the longest time limit, or split the work"
  }

  private func complete(
    _ content: ContentAssembler.Content, _ queue: ConsumedQueue, _ connection: AMQPConnection
  ) throws(RabbitMQError) {
    guard case .delivery(let tag, let redelivered, let isExtra) = content.kind, let channel = queue.channel else {
      return
    }
    channel.tracker.delivered(tag, isExtra: isExtra)
    let receipt = Delivery.Receipt(generation: channel.generation, tag: tag)
    // It came while its consumer was being cancelled: nobody here shall have to begin it.
    if isExtra, channel.extraTag == nil { return try settle(receipt, .requeue, connection) }
    guard let body = content.body else {
      logger.error("no room for a message of \(content.size) bytes on \(queue.name): rejected to its dead letters")
      return try settle(receipt, .reject, connection)
    }
    batch.append(
      Delivery(
        queue: queue.declaration.name, isFromDelayQueue: queue.isDelayQueue, body: body,
        properties: content.properties, redelivered: redelivered, receipt: receipt))
  }

  // MARK: - Turns

  func turn(_ connection: AMQPConnection) throws(RabbitMQError) -> Bool {
    if !batch.isEmpty {
      pacing.note(batch.count)
      sink.deliver(batch)
      batch.removeAll(keepingCapacity: true)
    }
    mailbox.take(into: &settlements)
    for (receipt, settlement) in settlements { try settle(receipt, settlement, connection) }
    for queue in queues {
      guard let channel = queue.channel else { continue }
      noteReadAhead(channel)
      if channel.tracker.hasPending { try flush(channel, connection) }
    }
    return false
  }

  /// Counts what the worker has settled by the time; the keeper does what follows from it.
  private func noteReadAhead(_ channel: ConsumedQueue.OpenChannel) {
    guard !isCancelled else { return }
    let count = channel.tracker.takeAcknowledgedCount()
    guard count > 0 || channel.readAhead.isExtended else { return }
    if let change = channel.readAhead.note(settled: count, now: MonotonicClock.now) { channel.change = change }
  }

  var needsKeeper: Bool {
    mailbox.hasRequests || (!isCancelled && queues.contains { $0.trouble != nil || $0.channel?.change != nil })
  }

  func keep(_ connection: AMQPConnection) throws(RabbitMQError) -> Bool {
    let requests = mailbox.takeRequests()
    var hasAsked = !requests.isEmpty
    if !isCancelled {
      if try reopenDue(connection) { hasAsked = true }
      for queue in queues where queue.channel?.change != nil {
        try changeReadAhead(of: queue, connection)
        hasAsked = true
      }
    }
    for request in requests { try answer(request, connection) }
    return hasAsked
  }

  private func changeReadAhead(of queue: ConsumedQueue, _ connection: AMQPConnection) throws(RabbitMQError) {
    do throws(RabbitMQError) { try queue.change(connection) } catch {
      guard error.concernsChannelOnly else { throw error }
      return lose(queue, error, connection)
    }
    guard let channel = queue.channel, !channel.readAhead.isExtended else { return }
    // What was read too far ahead is for others to run; slots may be busy here for hours.
    let extra = channel.tracker.extraTags
    guard !extra.isEmpty else { return }
    for receipt in sink.withdraw(extra, of: channel.generation) { try settle(receipt, .requeue, connection) }
  }

  /// A whole round: whoever has settled messages makes room for others, which may have come already.
  func workInPassing(_ served: ServedConnection) throws(RabbitMQError) -> Bool {
    guard !needsKeeper else { return false }
    served.wantRead()
    return try served.work() && prepareToSleep(connected: true)
  }

  private func settle(
    _ receipt: Delivery.Receipt, _ settlement: Settlement, _ connection: AMQPConnection
  ) throws(RabbitMQError) {
    guard let channel = channel(of: receipt.generation) else { return staleSettlements.increment() }
    if let action = channel.tracker.settle(receipt.tag, settlement) {
      try perform(action, on: channel.number, connection)
    }
  }

  private func channel(of generation: UInt32) -> ConsumedQueue.OpenChannel? {
    for queue in queues { if let channel = queue.channel, channel.generation == generation { return channel } }
    return nil
  }

  private func flush(
    _ channel: ConsumedQueue.OpenChannel, all: Bool = false, _ connection: AMQPConnection
  ) throws(RabbitMQError) {
    try channel.tracker.flush(now: MonotonicClock.now, all: all) { (action) throws(RabbitMQError) in
      try perform(action, on: channel.number, connection)
    }
  }

  private func perform(
    _ action: AckTracker.Action, on channel: UInt16, _ connection: AMQPConnection
  ) throws(RabbitMQError) {
    switch action {
    case .acknowledge(let tag, let multiple): try connection.acknowledge(tag, multiple: multiple, on: channel)
    case .refuse(let tag, let requeue): try connection.refuse(tag, requeue: requeue, on: channel)
    }
  }

  private func reopenDue(_ connection: AMQPConnection) throws(RabbitMQError) -> Bool {
    guard queues.contains(where: { $0.trouble != nil }) else { return false }
    let now = MonotonicClock.now
    var reopened = false
    for queue in queues where queue.channel == nil {
      guard let trouble = queue.trouble, trouble.retryAt <= now else { continue }
      try open(queue, connection)
      reopened = true
    }
    if reopened { reportState(connection.url) }
    return reopened
  }

  // MARK: - Requests and state

  private func answer(_ request: ConsumerMailbox.Request, _ connection: AMQPConnection) throws(RabbitMQError) {
    switch request {
    case .cancel(let continuation):
      defer { continuation.resume() }
      isCancelled = true
      mailbox.consumption = .stopped
      for queue in queues {
        guard let channel = queue.channel else { continue }
        do throws(RabbitMQError) {
          for tag in [channel.consumerTag, channel.extraTag].compactMap(\.self) {
            try connection.cancelConsumer(tag, on: channel.number)
          }
        } catch {
          guard error.concernsChannelOnly else { throw error }
          drop(queue)
        }
      }
    }
  }

  /// Without a connection a request is answered at once: there is nothing to cancel.
  private func answerRequests() {
    for case .cancel(let continuation) in mailbox.takeRequests() {
      isCancelled = true
      continuation.resume()
    }
  }

  func prepareToSleep(connected: Bool) -> Bool {
    if !connected { answerRequests() }
    // With acknowledgements held back a deadline is set: what is finished meanwhile need not wake the thread one by one.
    var missing: Int?
    for queue in queues {
      guard let tracker = queue.channel?.tracker, tracker.hasPending else { continue }
      missing = min(missing ?? tracker.missing, tracker.missing)
    }
    return mailbox.prepareToSleep(connected: connected, wakingAt: missing ?? 1)
  }

  func wokeUp() { mailbox.wokeUp() }

  private func reportState(_ url: AMQPURL) {
    guard !isCancelled else { return }
    let troubled = queues.filter { $0.channel == nil }
    let state: ConsumptionState =
      troubled.isEmpty
      ? .consuming
      : .degraded(
        troubled.map { "\($0.name): \($0.trouble.map { "\($0.error)" } ?? "no consumer")" }.joined(separator: "; "))
    guard state != mailbox.consumption else { return }
    mailbox.consumption = state
    switch state {
    case .consuming: logger.info("consuming \(request.queues.map(\.name).joined(separator: ", ")) at \(url.address)")
    default: logger.warning("\(state)")
    }
  }
}
