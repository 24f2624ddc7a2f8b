import Actors

/// How long to wait before a failed message is run again: exponential, with jitter, by dramatiq's formula.
///
/// With `b` the minimum and `M` the maximum, the wait after `r` retries is `b · 2^min(r, 32)` times a random factor of
/// 1 to 2; when that is above `M`, it is `M` times a random factor of 0.5 to 1. Everything in whole milliseconds,
/// rounded down.
public struct Backoff: Sendable, Hashable {
  private let minimum: Double
  private let maximum: Double

  /// A back-off.
  ///
  /// - Parameters:
  ///   - minimum: The shortest first wait; the first lies between it and twice as much.
  ///   - maximum: The longest wait.
  public init(minimum: Duration, maximum: Duration) {
    self.init(minimumMilliseconds: Double(minimum.milliseconds), maximumMilliseconds: Double(maximum.milliseconds))
  }

  package init(minimumMilliseconds: Double, maximumMilliseconds: Double) {
    minimum = minimumMilliseconds
    maximum = maximumMilliseconds
  }

  /// The wait before the next run.
  ///
  /// - Parameters:
  ///   - retries: How often the message has been retried so far, 0 after its first failure.
  ///   - generator: The source of the jitter; one number is drawn, and a second one when the wait is above the maximum.
  /// - Returns: Whole milliseconds, never negative.
  public func delay(retries: Int, using generator: inout some RandomNumberGenerator) -> Duration {
    let factor = Double(UInt64(1) << UInt64(min(max(retries, 0), 32)))
    var delay = (minimum * factor * (1 + Self.unit(&generator))).rounded(.towardZero)
    if delay > maximum { delay = (maximum * (0.5 + 0.5 * Self.unit(&generator))).rounded(.towardZero) }
    return Duration(wireMilliseconds: delay) ?? .zero
  }

  /// A number of 0..<1 with 53 random bits, as Python's `random.random()` has.
  private static func unit(_ generator: inout some RandomNumberGenerator) -> Double {
    Double(generator.next() >> 11) * 0x1p-53
  }
}
