/// One message of the dramatiq wire format: which actor to run, on which queue, with which arguments.
///
/// The fields and their order on the wire are dramatiq 2's: `queue_name, actor_name, args, kwargs, options, message_id,
/// message_timestamp`. Arguments are kept as the JSON text that came, so a message that passes through (a delay, a
/// retry, a dead letter) leaves as it arrived.
public struct Message: Sendable, Hashable {
  /// The queue the message sits on: the canonical name, or `name.DQ` while a dramatiq peer delays it.
  public var queueName: String
  /// The key of the actor in the worker's registry.
  public var actorName: String
  /// Positional arguments: the text of a JSON array.
  public var arguments: JSONText
  /// Keyword arguments: the text of a JSON object.
  public var keywordArguments: JSONText
  /// The free map that middleware reads and writes; unknown keys are carried untouched, in their order.
  public var options: MessageOptions
  /// A UUID4 in lower case; it never changes over delays, retries and hand-overs.
  public var id: String
  /// When the message was built, in Unix milliseconds; never changed by a delay or a retry.
  public var timestamp: Int64

  /// Makes a message from its parts.
  ///
  /// - Parameters:
  ///   - queueName: The canonical name of the queue.
  ///   - actorName: The name of the actor.
  ///   - arguments: Positional arguments, the text of a JSON array.
  ///   - keywordArguments: Keyword arguments, the text of a JSON object.
  ///   - options: Options for middleware.
  ///   - id: The message id; a fresh UUID4 when left out.
  ///   - timestamp: Unix milliseconds; now when left out.
  public init(
    queueName: String,
    actorName: String,
    arguments: JSONText = .emptyArray,
    keywordArguments: JSONText = .emptyObject,
    options: MessageOptions = MessageOptions(),
    id: String = Message.makeID(),
    timestamp: Int64 = WallClock.now
  ) {
    self.queueName = queueName
    self.actorName = actorName
    self.arguments = arguments
    self.keywordArguments = keywordArguments
    self.options = options
    self.id = id
    self.timestamp = timestamp
  }
}
