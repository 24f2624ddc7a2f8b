public import Actors

/// Bounds how long one run of an actor may take.
///
/// At the limit the run's task is cancelled and its error is `TimeLimitExceeded`, which is retried by the
/// normal rules. A run that goes on all the same counts as stuck: after a grace its slot is replaced, and after the
/// hard limit the process leaves and is restarted by its supervisor. A message's own option `time_limit` (milliseconds;
/// `Infinity` for none) comes first, then the actor's, then the one given here.
public struct TimeLimit: SynchronousMiddleware, SendsUnchanged {
  private let timeLimit: Duration
  private let grace: Duration
  private let hardLimit: Duration
  private let log: MiddlewareLog

  /// Limits the time of runs.
  ///
  /// - Parameters:
  ///   - timeLimit: How long a run may take when neither the message nor its actor says so;
  ///     `Duration.unlimited` for no limit.
  ///   - grace: How long after the limit a run that goes on counts as stuck.
  ///   - hardLimit: How long after the limit the process leaves.
  public init(
    timeLimit: Duration = .seconds(600), grace: Duration = .seconds(5), hardLimit: Duration = .seconds(30)
  ) {
    self.init(timeLimit: timeLimit, grace: grace, hardLimit: hardLimit, log: .timeLimit)
  }

  package init(timeLimit: Duration, grace: Duration, hardLimit: Duration, log: MiddlewareLog) {
    self.timeLimit = timeLimit
    self.grace = grace
    self.hardLimit = hardLimit
    self.log = log
  }

  /// `time_limit`.
  public var actorOptions: Set<String> { ["time_limit"] }

  /// Arms the limit.
  public func before(_ context: MessageContext) -> Outcome? {
    let limit = limit(of: context)
    if limit < .unlimited { context.setTimeLimit(limit, grace: grace, hardLimit: hardLimit) }
    return nil
  }

  /// Disarms the limit.
  public func after(_ context: MessageContext, _ outcome: Outcome) -> Outcome {
    // Also without a limit of ours: the actor may have set one of its own.
    context.setTimeLimit(nil, grace: grace, hardLimit: hardLimit)
    return outcome
  }

  private func limit(of context: MessageContext) -> Duration {
    if let own = OptionReader(context, log: log)?.truthyNumber("time_limit"),
      let limit = Duration(wireMilliseconds: own)
    {
      return limit
    }
    return context.actor.options.timeLimit ?? timeLimit
  }
}
