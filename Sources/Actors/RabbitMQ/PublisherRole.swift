import Glibc
import Logging
import Metrics
import Synchronization

/// The publishing connection: writes the outbox through one confirming channel and settles the outcomes. Used by whoever
/// holds the connection's ``ConnectionLease``.
///
/// What was in flight when the connection or the channel was lost is written again under the same id, as long as somebody
/// waits for it. A returned publish declares its queue again and is tried once more; a nacked one is tried once more on a
/// fresh channel.
final class PublisherRole: ConnectionRole {
  /// From how many publishes under way on their confirms may be read together.
  private static let crowd = 8
  /// Up to this size a publish may be written by its sender: the socket's buffer takes it at once.
  private static let smallBody = 16_384

  /// After so many senders in a row that came alone, each soon after the last, the connection is left to the next.
  private static let loneliness = 16
  /// How soon, in nanoseconds.
  private static let soon: UInt64 = 2_000_000

  private let configuration: RabbitMQConfiguration
  private let outbox: Outbox
  private let declarations: QueueDeclarations
  private let ladder: DelayLadder
  private let logger: Logger
  private var channel: UInt16?
  private var tracker = ConfirmTracker<PendingPublish>()
  /// What the broker said of publishes that it gave back and has not confirmed yet, by identity.
  private var returned: [ObjectIdentifier: String] = [:]
  private var assembler = ContentAssembler(maxBodySize: 0)
  private var declared: Set<String> = []
  private var boundToLadder: Set<String> = []
  private var hasLadder = false
  /// Publishes that were refused once, by identity; they get no third try.
  private var secondTries: Set<ObjectIdentifier> = []
  private var nacked: [PendingPublish] = []
  private var blocked: String?
  private var unwritable = false
  private var bytesSinceCheck = 0
  private var pacing = ReadPacing(threshold: 4)
  private var loneVisits = 0
  private var lastVisit: UInt64 = 0
  private var reportedConflicts: Set<String> = []
  private let reconnects = Counter(label: "actor_broker_reconnects_total", dimensions: [("connection", "publisher")])

  init(_ configuration: RabbitMQConfiguration, outbox: Outbox, declarations: QueueDeclarations, logger: Logger) {
    self.configuration = configuration
    self.outbox = outbox
    self.declarations = declarations
    self.logger = logger
    ladder = DelayLadder(prefix: configuration.delayPrefix, type: configuration.delayQueueType)
  }

  var isWanted: Bool { outbox.hasUnsent }
  var awaitsWritable: Bool { unwritable }
  /// Not with a few publishes under way: somebody may await them one by one.
  func mayPause(now: UInt64) -> Bool {
    pacing.mayPause(now: now, limit: .max) && tracker.count >= Self.crowd && !unwritable
  }
  var nextDeadline: UInt64? { nil }

  // MARK: - The connection's life

  func opened(_ connection: AMQPConnection) throws(RabbitMQError) {
    (blocked, unwritable) = (nil, false)
    // The broker may be another one, or empty: everything is declared again before its first use.
    (declared, boundToLadder, hasLadder) = ([], [], false)
    outbox.trouble = nil
    try openChannel(connection)
    logger.debug("publishing to \(connection.url.address)")
  }

  private func openChannel(_ connection: AMQPConnection) throws(RabbitMQError) {
    let number = try connection.openChannel()
    try connection.selectConfirms(number)
    channel = number
    assembler = ContentAssembler(maxBodySize: 0)
  }

  func lost(_ error: RabbitMQError) {
    reconnects.increment()
    outbox.trouble = "\(error)"
    takeBackEverything()
    channel = nil
    logger.warning("the publishing connection was lost: \(error)")
  }

  func unreachable(_ error: RabbitMQError, attempts: Int) {
    outbox.trouble = "\(error)"
    let line: Logger.Message = "no broker to publish to (attempt \(attempts)): \(error)"
    if attempts == 1 || attempts % 60 == 0 { logger.warning(line) } else { logger.debug(line) }
  }

  /// What was in flight is written again on the next connection.
  func becameUnreadable(_ connection: AMQPConnection, _ error: RabbitMQError) {}

  private func takeBackEverything() {
    let waiting = tracker.reset() + nacked
    nacked = []
    returned = [:]
    outbox.putBack(waiting)
  }

  func closing(_ connection: AMQPConnection) {
    if let channel { try? connection.closeChannel(channel) }
  }

  func stopped() { outbox.resolve(outbox.take(.max), .unknown("the broker was closed")) }

  // MARK: - Frames

  func received(_ frame: IncomingFrame, on connection: AMQPConnection) throws(RabbitMQError) {
    switch frame {
    case .confirm(let number, let tag, let multiple, let positive):
      if number == channel { settle(tag, multiple: multiple, positive: positive) }
    case .returned(_, let answer): try assembler.begin(.returned(answer))
    case .header(_, let size, let properties):
      if let content = try assembler.header(size: size, MessageProperties(ifAny: properties)) { noteReturn(content) }
    case .body(_, let bytes):
      if let content = try assembler.body(bytes) { noteReturn(content) }
    case .channelClosed(let number, let error):
      connection.confirmChannelClosed(number)
      guard number == channel else { return }
      logger.warning("the broker closed the publishing channel: \(error); opening another")
      channel = nil
      takeBackEverything()
      // They are among what was taken back, and their channel is gone.
      connection.publishes.removeAll()
      (declared, boundToLadder, hasLadder) = ([], [], false)
    case .blocked(let reason):
      blocked = reason
      outbox.trouble = "the broker blocks publishers: \(reason)"
      logger.warning("the broker blocks publishers: \(reason); sends wait")
    case .unblocked:
      blocked = nil
      outbox.trouble = nil
      logger.info("the broker takes publishes again")
    case .deliver, .consumerCancelled, .ignored: break
    }
  }

  /// A return comes before the confirm of the same publish and does not name it; where it went and its body do. Of equal
  /// publishes each is returned, so it does not matter which is meant first.
  private func noteReturn(_ content: ContentAssembler.Content) {
    guard case .returned(let answer) = content.kind else { return }
    let match = tracker.waiting.first { pending in
      let target = target(of: pending.publication.route)
      return target.exchange == answer.exchange && target.key == answer.key
        && pending.publication.body.count == content.size && returned[ObjectIdentifier(pending)] == nil
        && ContentDigest(pending.publication.body) == content.digest
    }
    if let match { returned[ObjectIdentifier(match)] = answer.text }
  }

  private func settle(_ tag: UInt64, multiple: Bool, positive: Bool) {
    var confirmed: [PendingPublish] = []
    var again: [PendingPublish] = []
    var refused: [(PendingPublish, PublishOutcome)] = []
    tracker.confirm(tag, multiple: multiple) { pending in
      let returned = returned.isEmpty ? nil : returned.removeValue(forKey: ObjectIdentifier(pending))
      if positive, returned == nil {
        if !secondTries.isEmpty { secondTries.remove(ObjectIdentifier(pending)) }
        confirmed.append(pending)
      } else if secondTries.remove(ObjectIdentifier(pending)) != nil {
        refused.append((pending, returned.map { .returned($0) } ?? .nacked))
      } else {
        secondTries.insert(ObjectIdentifier(pending))
        if returned == nil {
          nacked.append(pending)
        } else {
          forgetRoute(pending.publication.route)
          again.append(pending)
        }
      }
    }
    outbox.resolve(confirmed, .confirmed)
    for (pending, outcome) in refused { outbox.resolve([pending], outcome) }
    outbox.putBack(again)
  }

  private func forgetRoute(_ route: Publication.Route) {
    declared.remove(route.queue)
    boundToLadder.remove(route.queue)
    if case .delayed = route { hasLadder = false }
  }

  // MARK: - Turns

  func turn(_ connection: AMQPConnection) throws(RabbitMQError) -> Bool {
    // What had gathered when the socket was full goes first.
    unwritable = !connection.publishes.isEmpty && !hasRoom(connection)
    if unwritable { return false }
    try connection.flushPublishes()
    guard blocked == nil, nacked.isEmpty, channel != nil else { return false }
    let room = configuration.confirmWindow - tracker.count
    guard room > 0 else { return false }
    let limit = min(room, 64)
    var pendings = outbox.take(limit)[...]
    guard !pendings.isEmpty else { return false }
    loneVisits = 0
    let mayHaveMore = pendings.count == limit
    // Also when a write finds the connection lost: what was taken and not written is written on the next one.
    defer { outbox.putBack(Array(pendings)) }
    while let pending = pendings.first {
      guard isWritable(connection, pending) else {
        unwritable = true
        break
      }
      pendings.removeFirst()
      pacing.note(1)
      try write(pending, connection)
    }
    // Whole frames can wait until there is room again; a thread that waited for it would read no confirms.
    if unwritable { return false }
    try connection.flushPublishes()
    return mayHaveMore
  }

  var needsKeeper: Bool { channel == nil || (!nacked.isEmpty && tracker.isEmpty) }

  func keep(_ connection: AMQPConnection) throws(RabbitMQError) -> Bool {
    guard needsKeeper else { return false }
    if channel == nil { try openChannel(connection) } else { try renewChannel(connection) }
    return true
  }

  var hasLoneVisitors: Bool {
    loneVisits >= Self.loneliness && tracker.isEmpty && nacked.isEmpty && channel != nil && blocked == nil && !unwritable
  }

  private func noteVisit(_ pending: PendingPublish) {
    let now = MonotonicClock.now
    let isLone = pending.isAwaitedAlone && tracker.isEmpty && now &- lastVisit < Self.soon
    loneVisits = isLone ? loneVisits + 1 : 0
    lastVisit = now
  }

  /// A publish on its own is written by its sender, who would otherwise wait for two threads to wake; many are better
  /// written together.
  func workInPassing(_ served: ServedConnection) throws(RabbitMQError) -> Bool {
    while blocked == nil, nacked.isEmpty, !unwritable, let channel, tracker.count < Self.crowd {
      let (count, next) = outbox.next
      guard let next else { break }
      guard count == 1, next.publication.body.count <= Self.smallBody, isPrepared(next.publication.route),
        isWritable(served.connection, next), let pending = outbox.take(1).first
      else { return false }
      pacing.note(1)
      noteVisit(pending)
      try served.watching { () throws(RabbitMQError) in
        try write(pending, on: channel, served.connection)
        try served.connection.flushPublishes()
      }
    }
    return prepareToSleep(connected: true)
  }

  private func isPrepared(_ route: Publication.Route) -> Bool {
    guard declared.contains(route.queue) else { return false }
    if case .delayed(let queue, _) = route { return hasLadder && boundToLadder.contains(queue) }
    return true
  }

  /// A channel that has begun to refuse may refuse for ever; what it refused goes again on a fresh one.
  private func renewChannel(_ connection: AMQPConnection) throws(RabbitMQError) {
    if let channel { try connection.closeChannel(channel) }
    _ = tracker.reset()
    returned = [:]
    try openChannel(connection)
    outbox.putBack(nacked)
    nacked = []
  }

  /// Whether the socket has room, so that the library will not block. Asked now and then: the buffer holds many messages.
  private func isWritable(_ connection: AMQPConnection, _ pending: PendingPublish) -> Bool {
    bytesSinceCheck += pending.publication.body.count + 256
    guard bytesSinceCheck > 32_768 || unwritable else { return true }
    bytesSinceCheck = 0
    return hasRoom(connection)
  }

  private func hasRoom(_ connection: AMQPConnection) -> Bool {
    var descriptor = pollfd(fd: connection.socket, events: Int16(POLLOUT), revents: 0)
    return poll(&descriptor, 1, 0) != 0
  }

  private func write(_ pending: PendingPublish, _ connection: AMQPConnection) throws(RabbitMQError) {
    do throws(RabbitMQError) {
      try prepareRoute(pending.publication.route, connection)
    } catch {
      outbox.putBack([pending])
      guard error.concernsChannelOnly else { throw error }
      // The queue or the ladder cannot be declared: an answer for this publish, which concerns no other. Declaring has
      // channels of its own, the one for publishing is as it was.
      if error.code == .topologyConflict, reportedConflicts.insert(error.message).inserted { logger.error("\(error)") }
      return outbox.resolve([pending], .returned("\(error)"))
    }
    if let channel { try write(pending, on: channel, connection) }
  }

  private func write(
    _ pending: PendingPublish, on channel: UInt16, _ connection: AMQPConnection
  ) throws(RabbitMQError) {
    let (exchange, key) = target(of: pending.publication.route)
    var properties = pending.publication.properties
    if case .delayed(let queue, _) = pending.publication.route {
      properties.headers[DelayLadder.queueHeader] = .string(queue)
    }
    tracker.append(pending)
    try connection.publish(pending.publication.body, properties: properties, exchange: exchange, key: key, on: channel)
  }

  private func target(of route: Publication.Route) -> (exchange: String, key: String) {
    switch route {
    case .queue(let name): ("", name)
    case .deadLetter(let name): ("", QueueName.deadLetter(name))
    case .delayed(_, let delay): ladder.entry(for: delay)
    }
  }

  private func prepareRoute(_ route: Publication.Route, _ connection: AMQPConnection) throws(RabbitMQError) {
    if !declared.contains(route.queue) {
      try connection.flushPublishes()
      try connection.declare(declarations[route.queue]) { conflict in
        if reportedConflicts.insert(conflict.description).inserted { logger.error("\(conflict)") }
      }
      declared.insert(route.queue)
    }
    guard case .delayed(let queue, _) = route else { return }
    if !hasLadder {
      try connection.flushPublishes()
      try connection.declare(ladder)
      hasLadder = true
    }
    if !boundToLadder.contains(queue) {
      try connection.flushPublishes()
      try connection.bind(queue, to: ladder)
      boundToLadder.insert(queue)
    }
  }

  func prepareToSleep(connected: Bool) -> Bool {
    let canWrite =
      blocked == nil && nacked.isEmpty && channel != nil && !unwritable && tracker.count < configuration.confirmWindow
    return outbox.prepareToSleep(connected: connected, canWrite: canWrite)
  }

  func wokeUp() { outbox.wokeUp() }
}
