/// A span of time as the graph keeps it. Months, days and seconds are kept apart, because a month has no fixed number
/// of days, nor a day of seconds.
public struct BoltDuration: Sendable, Hashable {
  /// Months; may be negative.
  public let months: Int64
  /// Days; may be negative.
  public let days: Int64
  /// Seconds; may be negative.
  public let seconds: Int64
  /// Nanoseconds; may be negative.
  public let nanoseconds: Int64

  /// Makes a span of time.
  public init(months: Int64 = 0, days: Int64 = 0, seconds: Int64 = 0, nanoseconds: Int64 = 0) {
    self.months = months
    self.days = days
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// The same span as the standard library's duration, which is cut to whole nanoseconds.
  public init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self.init(seconds: seconds, nanoseconds: attoseconds / 1_000_000_000)
  }

  /// The span as the standard library's duration; nil when it has months or days, whose length is not fixed.
  public var fixed: Duration? {
    months == 0 && days == 0 ? .seconds(seconds) + .nanoseconds(nanoseconds) : nil
  }
}

extension BoltDuration: CustomStringConvertible {
  /// The span as ISO 8601 writes it, its four parts apart, such as `P14M3DT60S`.
  public var description: String {
    guard nanoseconds != 0 else { return "P\(months)M\(days)DT\(seconds)S" }
    return "P\(months)M\(days)DT\(seconds)S\(nanoseconds)N"
  }
}
