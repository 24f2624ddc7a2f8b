/// The decisions of a ``RetryPolicy`` over the attempts of one transaction: no clock, no sleep, no chance of its own.
package struct RetrySchedule: Sendable {
  private let policy: RetryPolicy
  private var firstFailure: Duration?
  private var delay: Duration
  /// How many attempts have failed.
  package private(set) var failures = 0

  /// The schedule of a transaction that has not failed yet.
  package init(_ policy: RetryPolicy) {
    self.policy = policy
    delay = policy.initialDelay
  }

  /// What to do after an attempt failed.
  ///
  /// - Parameters:
  ///   - error: Why it failed.
  ///   - now: When, as a span since any fixed instant.
  ///   - generator: The source of the jitter; one number is drawn for a pause.
  /// - Returns: How long to wait before the next attempt; nil when there is none.
  package mutating func pause(
    after error: any Error, now: Duration, using generator: inout some RandomNumberGenerator
  ) -> Duration? {
    failures += 1
    guard policy.repeats(error), policy.maximumRetryTime > .zero else { return nil }
    let start = firstFailure ?? now
    firstFailure = start
    guard now - start < policy.maximumRetryTime else { return nil }
    let pause = delay * (1 + policy.jitter * Double.random(in: -1...1, using: &generator))
    // No pause grows beyond the whole time that there is, so that doubling can never overflow.
    let longest = max(policy.maximumRetryTime, policy.initialDelay)
    // Compared before it is multiplied: a product that no `Duration` can hold would trap.
    delay = delay >= longest / policy.multiplier ? longest : delay * policy.multiplier
    return max(pause, .zero)
  }
}
