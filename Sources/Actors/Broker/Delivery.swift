/// One delivery: the bytes that came, and the receipt by which it is settled.
public struct Delivery: Sendable {
  /// Names a delivery for its settlement. A receipt of an older generation is never sent: it would hit another message.
  public struct Receipt: Sendable, Hashable {
    /// Counts the channels opened by this consumer; it grows with every recovery.
    public let generation: UInt32
    /// The broker's delivery tag on that channel.
    public let tag: UInt64

    /// Makes a receipt.
    public init(generation: UInt32, tag: UInt64) {
      self.generation = generation
      self.tag = tag
    }
  }

  /// The canonical name of the queue that delivered it.
  public let queue: String
  /// Whether it came from the queue's delay queue (`.DQ`), where dramatiq peers put delayed messages.
  public let isFromDelayQueue: Bool
  /// The body as it came.
  public let body: MessageBody
  /// The AMQP properties and headers.
  public var properties: MessageProperties { box?.properties ?? MessageProperties() }
  /// Whether the broker had delivered it before.
  public let redelivered: Bool
  /// By what it is settled.
  public let receipt: Receipt
  /// Nil for none. Behind a reference, because a delivery is handed on several times and its properties are seldom read.
  private let box: PropertiesBox?

  private final class PropertiesBox: Sendable {
    let properties: MessageProperties
    init(_ properties: MessageProperties) { self.properties = properties }
  }

  /// Makes a delivery.
  public init(
    queue: String, isFromDelayQueue: Bool = false, body: MessageBody, properties: MessageProperties? = nil,
    redelivered: Bool = false, receipt: Receipt
  ) {
    self.queue = queue
    self.isFromDelayQueue = isFromDelayQueue
    self.body = body
    self.redelivered = redelivered
    self.receipt = receipt
    box = if let properties, !properties.isEmpty { PropertiesBox(properties) } else { nil }
  }
}

/// The AMQP properties that matter to a worker.
public struct MessageProperties: Sendable, Hashable {
  /// The property `message-id`; dramatiq sends none.
  public var messageID: String?
  /// The property `content-type`.
  public var contentType: String?
  /// The property `content-encoding`.
  public var contentEncoding: String?
  /// The property `correlation-id`.
  public var correlationID: String?
  /// The property `type`.
  public var type: String?
  /// The property `priority`.
  public var priority: UInt8?
  /// The headers; informative only, whoever could publish could write them.
  public var headers: [String: AMQPValue]

  /// Makes properties.
  public init(messageID: String? = nil, priority: UInt8? = nil, headers: [String: AMQPValue] = [:]) {
    self.messageID = messageID
    self.priority = priority
    self.headers = headers
  }

  fileprivate var isEmpty: Bool {
    messageID == nil && contentType == nil && contentEncoding == nil && correlationID == nil && type == nil
      && priority == nil && headers.isEmpty
  }
}
