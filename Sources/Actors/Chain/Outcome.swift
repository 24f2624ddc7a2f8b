/// Why a message was moved to its dead-letter queue: the value of the header `x-troupe-reason`.
public struct DeadLetterReason: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The text on the wire.
  public let rawValue: String
  /// Makes a reason from the text of the header.
  public init(rawValue: String) { self.rawValue = rawValue }
  /// The text on the wire.
  public var description: String { rawValue }

  /// The body is not a message of the wire format.
  public static let invalidMessage = DeadLetterReason(rawValue: "invalid_message")
  /// No actor of that name is registered in this worker.
  public static let actorNotFound = DeadLetterReason(rawValue: "actor_not_found")
  /// The arguments do not fit the actor's parameters.
  public static let invalidArguments = DeadLetterReason(rawValue: "invalid_arguments")
  /// The body is larger than the worker's limit.
  public static let tooLarge = DeadLetterReason(rawValue: "too_large")
  /// The actor failed and its retries are used up (or `retryWhen` said no).
  public static let maxRetries = DeadLetterReason(rawValue: "max_retries")
  /// The message was older than its `max_age`.
  public static let maxAge = DeadLetterReason(rawValue: "max_age")
  /// The actor's error is one of those it declared as final, or a middleware refused the message.
  public static let rejected = DeadLetterReason(rawValue: "rejected")
  /// The message ended its process three times.
  public static let crashed = DeadLetterReason(rawValue: "crashed")
  /// The last attempt ran past its time limit.
  public static let timeLimit = DeadLetterReason(rawValue: "time_limit")
}

/// What became of a message, as it travels back out through the chain. Middleware only decides; the worker's settlement
/// acts on the last word.
public enum Outcome: Sendable {
  /// The actor ran to its end: the delivery is acknowledged.
  case done(ActorResult?)
  /// The actor threw and nobody has decided yet. What leaves the chain like this goes to the dead-letter queue.
  case failed(any Error)
  /// Run the message (as it stands in the context, options included) again after a delay.
  case retry(after: Duration, error: any Error)
  /// Give up: move the delivered body, unchanged, to the dead-letter queue.
  case deadLetter(DeadLetterReason, error: any Error)
  /// Acknowledge without having run the actor.
  case skip
  /// Give the delivery back to the queue, as if it had never come.
  case requeue

  /// The error that this outcome carries, if any.
  public var error: (any Error)? {
    switch self {
    case .failed(let error), .retry(_, let error), .deadLetter(_, let error): error
    case .done, .skip, .requeue: nil
    }
  }
}

/// What an actor returned: encoded only when somebody (a pipeline, a callback, a result store) asks for it.
public struct ActorResult: Sendable {
  private let value: any Encodable & Sendable

  /// Wraps a value that an actor returned.
  public init(_ value: any Encodable & Sendable) { self.value = value }

  /// The value as JSON text, in the form that Python's encoder would have written.
  ///
  /// - Throws: `EncodingError` when the value cannot be written as JSON.
  public func json() throws -> JSONText { try JSONText(encoding: value) }
}
