/// The error of a run that its time limit ended.
public struct TimeLimitExceeded: Error, Sendable, CustomStringConvertible {
  /// Makes the error.
  public init() {}
  /// What happened, in words.
  public var description: String { "TimeLimitExceeded: the message ran past its time limit and was cancelled" }
}

/// The error of a run that was interrupted because the worker is stopping.
public struct Shutdown: Error, Sendable, CustomStringConvertible {
  /// Makes the error.
  public init() {}
  /// What happened, in words.
  public var description: String { "Shutdown: the worker is stopping" }
}

/// Thrown by an actor to be run again, after `delay` when one is given; counted as a retry but not logged as an error.
public struct Retry: Error, Sendable, CustomStringConvertible {
  /// Why, for the logs.
  public var reason: String
  /// How long to wait; nil for the actor's back-off.
  public var delay: Duration?
  /// Makes the error.
  public init(_ reason: String = "", delay: Duration? = nil) {
    self.reason = reason
    self.delay = delay
  }
  /// What happened, in words.
  public var description: String { reason.isEmpty ? "Retry" : "Retry: \(reason)" }
}
