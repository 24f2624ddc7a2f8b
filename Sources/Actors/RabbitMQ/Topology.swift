internal import CRabbitMQ

/// What a queue of ours is made of at the broker. The arguments are dramatiq's, so that either side may declare first.
enum Topology {
  /// One queue to declare.
  struct Queue: Equatable {
    let name: String
    let arguments: [String: AMQPValue]
  }

  /// The three queues of a declaration, in the order in which dramatiq declares them.
  static func queues(of declaration: QueueDeclaration) -> [Queue] {
    var shared: [String: AMQPValue] = [
      "x-dead-letter-exchange": .string(""),
      "x-dead-letter-routing-key": .string(QueueName.deadLetter(declaration.name)),
    ]
    if let priority = declaration.maxPriority { shared["x-max-priority"] = .integer32(Int32(priority)) }
    if declaration.type == .quorum { shared["x-queue-type"] = .string("quorum") }
    let main = shared.merging(declaration.arguments) { _, given in given }
    let ttl = declaration.deadLetterTTL.milliseconds
    return [
      Queue(name: declaration.name, arguments: main),
      Queue(name: QueueName.delay(declaration.name), arguments: shared),
      Queue(
        name: QueueName.deadLetter(declaration.name),
        arguments: ["x-message-ttl": Int32(exactly: ttl).map { .integer32($0) } ?? .integer(ttl)]),
    ]
  }
}

/// A queue or exchange at the broker differs from our declaration; told as a diff.
struct TopologyConflict: Equatable, CustomStringConvertible {
  /// What it is, and its name.
  let subject: String
  let argument: String
  let declared: String
  let existing: String
  /// What follows from it, and what to do.
  let advice: String

  /// A conflict over a queue of a declaration.
  init?(_ error: RabbitMQError, queue: String) {
    self.init(
      error, "queue \(queue)",
      advice: "the queue is used as it is; change the declaration, or delete the queue while it is empty")
  }

  /// A conflict over some part of a ladder.
  init?(_ error: RabbitMQError, of ladder: DelayLadder) {
    let kinds = ["queue", "exchange"]
    let subject = kinds.lazy.compactMap { kind in
      Self.between(" for \(kind) '", "'", in: error.message).map { "\(kind) \($0)" }
    }.first
    self.init(
      error, subject ?? "a part of the delay ladder \(ladder.prefix)",
      advice: "delayed messages cannot be sent; delete it when nothing waits in it, or choose another delayPrefix")
  }

  /// Reads the broker's text of a 406: "inequivalent arg 'X' for queue 'Q' in vhost 'V': received A but current is B".
  private init?(_ error: RabbitMQError, _ subject: String, advice: String) {
    guard error.replyCode == 406 else { return nil }
    self.subject = subject
    self.advice = advice
    let text = error.message
    argument = Self.between("inequivalent arg '", "'", in: text) ?? "its arguments"
    declared = Self.between("received ", " but current is ", in: text) ?? "as configured"
    existing = Self.between(" but current is ", nil, in: text) ?? text
  }

  var description: String {
    """
    \(subject) exists with other arguments
      argument   \(argument)
      declared   \(declared)
      at broker  \(existing)
    \(advice)
    """
  }

  private static func between(_ start: String, _ end: String?, in text: String) -> String? {
    guard let from = text.firstRange(of: start)?.upperBound else { return nil }
    guard let end else { return String(text[from...]) }
    guard let to = text[from...].firstRange(of: end)?.lowerBound else { return nil }
    return String(text[from..<to])
  }
}

extension AMQPConnection {
  /// Declares the three queues of a declaration on a channel of its own. What exists with other arguments is reported and
  /// used as it is.
  ///
  /// - Throws: ``RabbitMQError`` when the connection is lost or the user may not declare.
  func declare(_ declaration: QueueDeclaration, conflict: (TopologyConflict) -> Void) throws(RabbitMQError) {
    var channel = try openChannel()
    for queue in Topology.queues(of: declaration) {
      do throws(RabbitMQError) {
        try declareQueue(queue.name, arguments: queue.arguments, on: channel)
      } catch {
        guard let difference = TopologyConflict(error, queue: queue.name) else { throw error }
        conflict(difference)
        channel = try openChannel()
        try declareQueue(queue.name, passive: true, on: channel)
      }
    }
    try closeChannel(channel)
  }
}
