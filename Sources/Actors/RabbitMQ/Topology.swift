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

/// A queue at the broker differs from our declaration; told as a diff.
struct TopologyConflict: Equatable, CustomStringConvertible {
  let queue: String
  let argument: String
  let declared: String
  let existing: String

  /// Reads the broker's text of a 406: "inequivalent arg 'X' for queue 'Q' in vhost 'V': received A but current is B".
  init?(_ error: RabbitMQError, queue: String) {
    guard error.replyCode == 406 else { return nil }
    self.queue = queue
    let text = error.message
    argument = Self.between("inequivalent arg '", "'", in: text) ?? "its arguments"
    declared = Self.between("received ", " but current is ", in: text) ?? "as configured"
    existing = Self.between(" but current is ", nil, in: text) ?? text
  }

  var description: String {
    """
    queue \(queue) exists with other arguments
      argument   \(argument)
      declared   \(declared)
      at broker  \(existing)
    the queue is used as it is; change the declaration, or delete the queue while it is empty
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
