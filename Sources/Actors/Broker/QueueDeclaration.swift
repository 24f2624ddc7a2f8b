/// One queue of an actor system, and with it its delay queue (`name.DQ`) and dead-letter queue (`name.XQ`).
///
/// The declared arguments are dramatiq's, so that both systems can share queues.
public struct QueueDeclaration: Sendable, Hashable {
  /// How the broker keeps the queue.
  public enum QueueType: String, Sendable, Hashable {
    /// The classic queue of one node; the default, and what dramatiq declares.
    case classic
    /// The replicated quorum queue.
    case quorum
  }

  /// The canonical name: `[a-zA-Z_][a-zA-Z0-9._-]*`, at most 245 bytes.
  public var name: String
  /// The type of the main and the delay queue. With `.classic` no `x-queue-type` is sent, as dramatiq sends none.
  public var type: QueueType
  /// `x-max-priority` of the main and the delay queue, 1...255; nil for none.
  public var maxPriority: Int?
  /// How long a dead letter is kept: `x-message-ttl` of the dead-letter queue. dramatiq's default is seven days.
  public var deadLetterTTL: Duration
  /// Further arguments of the main queue.
  public var arguments: [String: AMQPValue]

  /// Declares a queue.
  public init(
    _ name: String, type: QueueType = .classic, maxPriority: Int? = nil,
    deadLetterTTL: Duration = .seconds(7 * 24 * 3600), arguments: [String: AMQPValue] = [:]
  ) {
    self.name = name
    self.type = type
    self.maxPriority = maxPriority
    self.deadLetterTTL = deadLetterTTL
    self.arguments = arguments
  }

  /// Checks the name and the priority.
  ///
  /// - Throws: ``ActorSystemError`` (`invalidQueueName`, `invalidOption`).
  public func validate() throws {
    try QueueName.validate(name)
    if let maxPriority, !(1...255).contains(maxPriority) {
      throw ActorSystemError(.invalidOption, "queue \(name): maxPriority is \(maxPriority); it must be in 1...255")
    }
  }
}

/// The names of a queue's three parts, after dramatiq's helpers of the same purpose.
public enum QueueName {
  /// The canonical name: one suffix `.DQ` or `.XQ` taken off.
  public static func canonical(_ name: String) -> String {
    name.hasSuffix(".DQ") || name.hasSuffix(".XQ") ? String(name.dropLast(3)) : name
  }
  /// The delay queue's name.
  public static func delay(_ name: String) -> String { canonical(name) + ".DQ" }
  /// The dead-letter queue's name.
  public static func deadLetter(_ name: String) -> String { canonical(name) + ".XQ" }

  /// Checks a canonical name against `[a-zA-Z_][a-zA-Z0-9._-]*` and the length that leaves room for the ladder.
  ///
  /// - Throws: ``ActorSystemError`` (`invalidQueueName`).
  public static func validate(_ name: String) throws {
    let bytes = name.utf8
    func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F }
    func isFollowing(_ byte: UInt8) -> Bool {
      isLetter(byte) || (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x2D
    }
    guard let first = bytes.first, isLetter(first), bytes.allSatisfy(isFollowing), bytes.count <= 245 else {
      throw ActorSystemError(
        .invalidQueueName,
        "\(name.debugDescription) is no queue name: expected [a-zA-Z_][a-zA-Z0-9._-]* of at most 245 bytes")
    }
  }
}
