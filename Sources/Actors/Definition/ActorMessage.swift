/// A message as a struct: its properties are the arguments. This is all that a sender needs.
///
/// ```swift
/// struct IndexPackage: ActorMessage {
///   static let options = ActorOptions(queue: "graph", maxRetries: 5)
///   var name: String
///   var dependencies: [String]?   // a later-added property is optional: old messages stay readable
/// }
/// ```
///
/// On the wire the properties are sent as keyword arguments. Received positional arguments fill the properties in the order
/// of their declaration.
public protocol ActorMessage: Codable, Sendable {
  /// The actor's name on the wire; the type's name by default.
  static var actorName: String { get }
  /// How its messages are treated; ``ActorOptions/init(queue:priority:maxRetries:minBackoff:maxBackoff:retryWhen:throws:timeLimit:maxAge:notifyShutdown:onSuccess:onFailure:onRetryExhausted:pipeIgnore:custom:)`` with all defaults by default.
  static var options: ActorOptions { get }
}

extension ActorMessage {
  /// The type's name.
  public static var actorName: String { _typeName(Self.self, qualified: false) }
  /// The defaults.
  public static var options: ActorOptions { ActorOptions() }
}

/// A message that a worker can run.
public protocol MessageActor: ActorMessage {
  /// What the actor returns: `Void`, or a value that can be encoded.
  associatedtype Output: Sendable

  /// Does the work. It may be called more than once for the same message (delivery is at-least-once), so its effects
  /// should be keyed, for example by `context.message.id`.
  ///
  /// - Parameter context: The message in flight.
  /// - Returns: The result, for pipelines and callbacks.
  /// - Throws: Any error makes the attempt fail; the chain decides what follows.
  func perform(in context: MessageContext) async throws -> Output
}
