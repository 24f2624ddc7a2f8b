/// How often a failed message is run again.
public enum RetryLimit: Sendable, Hashable, ExpressibleByIntegerLiteral {
  /// At most so many times: a limit of 3 gives 4 runs.
  case times(Int)
  /// Without end.
  case unlimited
  /// At most so many times.
  public init(integerLiteral value: Int) { self = .times(value) }
}

/// How an actor's messages are treated. What is left nil falls back to the middleware's own default.
///
/// The names on the wire are dramatiq's (`max_retries`, `time_limit`, …); a message may carry its own value of most.
public struct ActorOptions: Sendable {
  /// The queue that the actor's messages go to.
  public var queue: String
  /// Among the messages a worker has prefetched, lower runs first.
  public var priority: Int
  /// How often a failed message is run again.
  public var maxRetries: RetryLimit?
  /// The first back-off.
  public var minBackoff: Duration?
  /// The longest back-off; never more than seven days.
  public var maxBackoff: Duration?
  /// Decides alone whether to retry: given the retries so far and the error.
  public var retryWhen: (@Sendable (_ retries: Int, _ error: any Error) -> Bool)?
  /// Errors that no retry can mend: the message goes to the dead-letter queue at once.
  public var `throws`: [any Error.Type]
  /// How long one run may take; `Duration.unlimited` for no limit.
  public var timeLimit: Duration?
  /// How old a message may be to be run still.
  public var maxAge: Duration?
  /// Whether a running message is cancelled when the worker begins to stop.
  public var notifyShutdown: Bool?
  /// The actor that is sent the message and its result after a success.
  public var onSuccess: String?
  /// The actor that is sent the message and its error after every failed attempt.
  public var onFailure: String?
  /// The actor that is sent the message when its retries are used up.
  public var onRetryExhausted: String?
  /// Whether a pipeline's previous result is not appended to the arguments.
  public var pipeIgnore: Bool?
  /// Options of other middleware, by their wire names.
  public var custom: [String: JSONValue]

  /// Options; what is left out has the middleware's default.
  public init(
    queue: String = "default", priority: Int = 0, maxRetries: RetryLimit? = nil, minBackoff: Duration? = nil,
    maxBackoff: Duration? = nil, retryWhen: (@Sendable (_ retries: Int, _ error: any Error) -> Bool)? = nil,
    throws: [any Error.Type] = [], timeLimit: Duration? = nil, maxAge: Duration? = nil, notifyShutdown: Bool? = nil,
    onSuccess: String? = nil, onFailure: String? = nil, onRetryExhausted: String? = nil, pipeIgnore: Bool? = nil,
    custom: [String: JSONValue] = [:]
  ) {
    self.queue = queue
    self.priority = priority
    self.maxRetries = maxRetries
    self.minBackoff = minBackoff
    self.maxBackoff = maxBackoff
    self.retryWhen = retryWhen
    self.throws = `throws`
    self.timeLimit = timeLimit
    self.maxAge = maxAge
    self.notifyShutdown = notifyShutdown
    self.onSuccess = onSuccess
    self.onFailure = onFailure
    self.onRetryExhausted = onRetryExhausted
    self.pipeIgnore = pipeIgnore
    self.custom = custom
  }

  /// The wire names of the options that are set, apart from `queue` and `priority`, which every actor has.
  package var names: Set<String> {
    var names = Set(custom.keys)
    func add(_ name: String, _ isSet: Bool) { if isSet { names.insert(name) } }
    add("max_retries", maxRetries != nil)
    add("min_backoff", minBackoff != nil)
    add("max_backoff", maxBackoff != nil)
    add("retry_when", retryWhen != nil)
    add("throws", !`throws`.isEmpty)
    add("time_limit", timeLimit != nil)
    add("max_age", maxAge != nil)
    add("notify_shutdown", notifyShutdown != nil)
    add("on_success", onSuccess != nil)
    add("on_failure", onFailure != nil)
    add("on_retry_exhausted", onRetryExhausted != nil)
    add("pipe_ignore", pipeIgnore != nil)
    return names
  }
}
