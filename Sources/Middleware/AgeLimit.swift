public import Actors

/// Moves messages that are too old to be of use to the dead-letter queue instead of running them.
///
/// The age counts from the message's timestamp, which neither a delay nor a retry changes, so the limit also bounds how
/// long a failing message is retried. A message's own option `max_age` (milliseconds) comes first, then the actor's,
/// then the one given here; zero is no limit.
public struct AgeLimit: SynchronousMiddleware, SendsUnchanged {
  private let maxAge: Duration?
  private let log: MiddlewareLog

  /// Limits the age of messages.
  ///
  /// - Parameter maxAge: How old a message may be when neither it nor its actor says so; nil for any age.
  public init(maxAge: Duration? = nil) { self.init(maxAge: maxAge, log: .ageLimit) }

  package init(maxAge: Duration?, log: MiddlewareLog) {
    self.maxAge = maxAge
    self.log = log
  }

  /// `max_age`.
  public var actorOptions: Set<String> { ["max_age"] }

  /// Stops the message if it has reached its age limit.
  public func before(_ context: MessageContext) -> Outcome? {
    guard let limit = limit(of: context), limit != 0 else { return nil }
    // As Double: a timestamp from the wire may be any Int64, and the difference of two need not be one.
    let age = Double(WallClock.now) - Double(context.deliveredMessage.timestamp)
    guard age >= limit else { return nil }
    return .deadLetter(.maxAge, error: AgeLimitExceeded(age: age, limit: limit))
  }

  /// The limit in milliseconds.
  private func limit(of context: MessageContext) -> Double? {
    if let own = OptionReader(context, log: log)?.truthyNumber("max_age") { return own }
    return (context.actor.options.maxAge ?? maxAge).map { Double($0.milliseconds) }
  }
}

/// The message was older than it may be; it was not run.
public struct AgeLimitExceeded: Error, Sendable, CustomStringConvertible {
  private let age: Double
  private let limit: Double

  init(age: Double, limit: Double) {
    self.age = age
    self.limit = limit
  }

  /// The age and the limit.
  public var description: String { "AgeLimitExceeded: the message is \(age) ms old and may be at most \(limit) ms old" }
}
