public import Actors
import Logging

/// Runs failed messages again, with exponential back-off, until they succeed or their retries are used up.
///
/// A message that is retried carries the options `retries`, `traceback` (the error's text) and `requeue_timestamp`. One
/// that has used up its retries goes to the dead-letter queue, and the actor of `on_retry_exhausted` is told. So does,
/// at once and untold, one whose error is of a type the actor `throws` on purpose. The limits are taken from the
/// message's own options when they are there (`max_retries`, null for no end; `min_backoff`, `max_backoff` in
/// milliseconds), then from its actor's, then from the values given here. `retryWhen` decides alone, whatever the
/// limit.
///
/// Each retry is one line in the log. Giving up is none here: the worker writes one about every dead letter.
///
/// This is the innermost of the standard stack: the others see what it has decided.
public struct Retries: SynchronousMiddleware, SendsUnchanged {
  /// No back-off is longer than this, whatever the options say.
  public static let longestBackoff = Duration.seconds(7 * 24 * 3_600)

  private let maxRetries: RetryLimit
  private let minBackoff: Duration
  private let maxBackoff: Duration
  private let retryWhen: (@Sendable (_ retries: Int, _ error: any Error) -> Bool)?
  private let delay: @Sendable (_ backoff: Backoff, _ retries: Int) -> Duration
  private let log: MiddlewareLog
  private let allowance = LogAllowance(Retries.linesPerSecond)
  /// How many retries a second are told in the log one by one; the next line says how many were not.
  private static let linesPerSecond = 50

  /// Retries failed messages.
  ///
  /// - Parameters:
  ///   - maxRetries: How often a message is retried when neither it nor its actor says so.
  ///   - minBackoff: The shortest first wait.
  ///   - maxBackoff: The longest wait; never more than seven days.
  ///   - retryWhen: Decides alone whether to retry, given the retries so far and the error; nil to go by `maxRetries`.
  public init(
    maxRetries: RetryLimit = .times(20), minBackoff: Duration = .seconds(15),
    maxBackoff: Duration = Retries.longestBackoff,
    retryWhen: (@Sendable (_ retries: Int, _ error: any Error) -> Bool)? = nil
  ) {
    self.init(
      maxRetries: maxRetries, minBackoff: minBackoff, maxBackoff: maxBackoff, retryWhen: retryWhen, log: .retries
    ) { backoff, retries in
      var generator = Jitter()
      return backoff.delay(retries: retries, using: &generator)
    }
  }

  package init(
    maxRetries: RetryLimit, minBackoff: Duration, maxBackoff: Duration,
    retryWhen: (@Sendable (_ retries: Int, _ error: any Error) -> Bool)?, log: MiddlewareLog,
    delay: @escaping @Sendable (_ backoff: Backoff, _ retries: Int) -> Duration
  ) {
    self.maxRetries = maxRetries
    self.minBackoff = minBackoff
    self.maxBackoff = maxBackoff
    self.retryWhen = retryWhen
    self.delay = delay
    self.log = log
  }

  /// `max_retries`, `min_backoff`, `max_backoff`, `retry_when`, `throws`, `on_retry_exhausted`.
  public var actorOptions: Set<String> {
    ["max_retries", "min_backoff", "max_backoff", "retry_when", "throws", "on_retry_exhausted"]
  }

  /// Decides what follows a failure.
  public func after(_ context: MessageContext, _ outcome: Outcome) -> Outcome {
    guard case .failed(let error) = outcome else { return outcome }
    return context.actor.options.throwsOnPurpose(error) ? .deadLetter(.rejected, error: error) : decide(context, error)
  }

  private func decide(_ context: MessageContext, _ error: any Error) -> Outcome {
    let reader = OptionReader(context, log: log)
    let retries = reader?.count("retries") ?? 0
    let text = ErrorText(error).description
    let attempted = Self.attempted(context.message, retries: retries, text)
    let limit = ResolvedRetryLimit(reader, actor: context.actor.options.maxRetries, otherwise: maxRetries)
    guard shouldRetry(context, retries: retries, limit, error) else {
      giveUp(context, attempted, retries: retries, limit, error)
      return .deadLetter(error is TimeLimitExceeded ? .timeLimit : .maxRetries, error: error)
    }
    context.message = attempted
    let delay = delay(context, reader, retries: retries, error)
    report(context, text, isWanted: error is Retry, delay)
    return .retry(after: delay, error: error)
  }

  /// Every retry is told at the level debug, and at most ``linesPerSecond`` a second as warnings.
  private func report(_ context: MessageContext, _ error: String, isWanted: Bool, _ delay: Duration) {
    let level = isWanted ? Logger.Level.debug : .warning
    guard log.isWritten(level) else { return }
    var withheld = 0
    if !log.isWritten(.debug) {
      guard let before = allowance.take() else { return }
      withheld = before
    }
    var details: Logger.Metadata = ["error": .string(error), "delay.ms": .stringConvertible(delay.milliseconds)]
    if withheld > 0 { details["withheld"] = .stringConvertible(withheld) }
    log(level, "failed, retrying", about: context, details)
  }

  private func shouldRetry(
    _ context: MessageContext, retries: Int64, _ limit: ResolvedRetryLimit, _ error: any Error
  ) -> Bool {
    if let retryWhen = context.actor.options.retryWhen ?? retryWhen { return retryWhen(Int(clamping: retries), error) }
    return limit.allowsRetry(after: retries)
  }

  private func giveUp(
    _ context: MessageContext, _ attempted: Message, retries: Int64, _ limit: ResolvedRetryLimit, _ error: any Error
  ) {
    // The context's own message stays as it was delivered, as does the body of the dead letter.
    context[FailedMessage.self] = attempted
    let onExhausted = context.actor.options.onRetryExhausted
    guard let callback = Callback("on_retry_exhausted", else: onExhausted, of: context, log: log) else { return }
    callback.addFollowUp(about: attempted, limit.report(retries: retries))
  }

  private func delay(
    _ context: MessageContext, _ reader: OptionReader?, retries: Int64, _ error: any Error
  ) -> Duration {
    if let wanted = (error as? Retry)?.delay { return max(wanted, .zero) }
    func milliseconds(_ name: String, _ actorsOwn: Duration?, _ otherwise: Duration) -> Double {
      reader?.number(name) ?? Double((actorsOwn ?? otherwise).milliseconds)
    }
    let options = context.actor.options
    let minimum = milliseconds("min_backoff", options.minBackoff, minBackoff)
    let maximum = milliseconds("max_backoff", options.maxBackoff, maxBackoff)
    let longest = Double(Self.longestBackoff.milliseconds)
    return delay(
      Backoff(minimumMilliseconds: minimum, maximumMilliseconds: min(maximum, longest)), Int(clamping: retries))
  }

  /// The message as a retry sends it.
  private static func attempted(_ message: Message, retries: Int64, _ error: String) -> Message {
    var message = message
    message.options.set("retries", to: retries == .max ? retries : retries + 1)
    message.options.set("traceback", to: error)
    message.options.set("requeue_timestamp", to: WallClock.now)
    return message
  }
}
