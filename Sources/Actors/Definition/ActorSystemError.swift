/// A mistake in the set-up of an actor system, found at start.
public struct ActorSystemError: Error, Sendable, CustomStringConvertible {
  /// What kind of mistake.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name of the code.
    public let rawValue: String
    /// Makes a code from its name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Two actors have the same name.
    public static let duplicateActor = Code(rawValue: "duplicateActor")
    /// An actor has an option that no middleware of the stack knows.
    public static let unknownOption = Code(rawValue: "unknownOption")
    /// An option has a value that makes no sense.
    public static let invalidOption = Code(rawValue: "invalidOption")
    /// A queue name is not allowed.
    public static let invalidQueueName = Code(rawValue: "invalidQueueName")
    /// A stack lacks the layer that another should be placed beside.
    public static let middlewareNotFound = Code(rawValue: "middlewareNotFound")
    /// The broker's URL or another part of the configuration cannot be used.
    public static let invalidConfiguration = Code(rawValue: "invalidConfiguration")
    /// No actor of that name is registered.
    public static let actorNotFound = Code(rawValue: "actorNotFound")
  }

  /// What kind of mistake.
  public let code: Code
  /// What was expected, what came, and what to do.
  public let message: String

  /// Makes an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
