package import Logging

/// When and how often a managed transaction is run again: the rules of the official drivers.
///
/// Errors that a retry can mend (``BoltError/isRetryable``) are followed by a pause of one second, then two, four, …,
/// each shortened or lengthened by up to a fifth by chance, until ``maximumRetryTime`` has passed since the first
/// failure. A lost answer to COMMIT is never retried: the work may be done.
public struct RetryPolicy: Sendable, Hashable {
  /// No attempt is begun when this long has passed since the first failure.
  public var maximumRetryTime: Duration
  /// The pause after the first failure, before jitter.
  public var initialDelay: Duration
  /// By how much each pause is longer than the one before.
  public var multiplier: Double
  /// The largest share by which chance changes a pause, 0 to 1.
  public var jitter: Double
  /// Whether an attempt that had no connection, or lost it, is repeated.
  public var repeatsWithoutConnection: Bool

  /// A policy.
  ///
  /// - Parameters:
  ///   - maximumRetryTime: How long after the first failure attempts are still begun; zero for a single attempt.
  ///   - initialDelay: The pause after the first failure, before jitter.
  ///   - multiplier: By how much each pause is longer than the one before, at least 1.
  ///   - jitter: The largest share by which chance changes a pause, 0 to 1.
  ///   - repeatsWithoutConnection: Whether an attempt that had no connection, or lost it, is repeated.
  public init(
    maximumRetryTime: Duration = .seconds(30), initialDelay: Duration = .seconds(1), multiplier: Double = 2,
    jitter: Double = 0.2, repeatsWithoutConnection: Bool = true
  ) {
    self.repeatsWithoutConnection = repeatsWithoutConnection
    self.maximumRetryTime = maximumRetryTime
    self.initialDelay = initialDelay
    self.multiplier = multiplier
    self.jitter = jitter
  }

  /// Checks the numbers.
  ///
  /// - Throws: ``BoltError`` (`invalidConfiguration`) naming the first one that cannot be.
  package func validate() throws {
    func require(_ condition: Bool, _ what: String) throws {
      if !condition { throw BoltError(.invalidConfiguration, what) }
    }
    try require(maximumRetryTime >= .zero, "maximumRetryTime is \(maximumRetryTime), it must not be negative")
    try require(initialDelay >= .zero, "initialDelay is \(initialDelay), it must not be negative")
    try require(multiplier >= 1 && multiplier.isFinite, "multiplier is \(multiplier), it must be finite, and at least 1")
    try require((0...1).contains(jitter), "jitter is \(jitter), it must be from 0 to 1")
  }

  /// Whether running the work again may succeed: the error says so, and it is not about a commit that may have
  /// happened.
  public static func isRetryable(_ error: any Error) -> Bool {
    guard let error = error as? BoltError else { return false }
    return error.code != .incompleteCommit && error.isRetryable
  }

  /// Whether this policy runs the work again after an error, as far as the error is concerned.
  package func repeats(_ error: any Error) -> Bool {
    guard Self.isRetryable(error) else { return false }
    // The driver's own errors that pass are all about connections.
    return repeatsWithoutConnection || (error as? BoltError)?.origin.server != nil
  }

  /// Runs `body` until it succeeds, fails for good, or the time is over.
  ///
  /// - Parameters:
  ///   - clock: Where the time comes from and how the pauses are slept.
  ///   - generator: The source of the jitter.
  ///   - logger: Hears of every retry.
  ///   - onRetry: Told the error before every pause.
  ///   - body: One attempt, with its number from 0.
  /// - Returns: What the first successful attempt returned.
  /// - Throws: The error of the last attempt, or `CancellationError` when the task is cancelled in a pause;
  ///   ``BoltError`` (`invalidConfiguration`) before the first attempt when a number of the policy cannot be.
  package func run<Result, Generator: RandomNumberGenerator>(
    clock: DriverClock = .continuous, generator: Generator = SystemRandomNumberGenerator(), logger: Logger? = nil,
    onRetry: (any Error) -> Void = { _ in }, _ body: (_ attempt: Int) async throws -> Result
  ) async throws -> Result {
    try validate()
    var schedule = RetrySchedule(self)
    var generator = generator
    while true {
      do {
        return try await body(schedule.failures)
      } catch {
        guard !Task.isCancelled, let pause = schedule.pause(after: error, now: clock.time, using: &generator) else {
          throw error
        }
        onRetry(error)
        logger?.debug(
          "a transaction failed and is run again",
          metadata: ["attempt": "\(schedule.failures)", "pause": "\(pause)", "error": "\(LoggedError(error))"])
        try await clock.sleep(pause)
      }
    }
  }
}
