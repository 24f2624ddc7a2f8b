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

  /// The same span as the standard library's duration, which is cut to whole nanoseconds, and to the largest span there
  /// is.
  public init(_ duration: Duration) {
    let (seconds, rest) = duration.attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000_000_000)
    self.init(seconds: Int64(clamping: seconds), nanoseconds: Int64(rest / 1_000_000_000))
  }

  /// The span as the standard library's duration; nil when it has months or days, whose length is not fixed, or is
  /// longer than 2⁶³ seconds.
  public var fixed: Duration? {
    // A duration of more seconds exists, but traps when it is asked for them.
    guard months == 0, days == 0,
      !seconds.addingReportingOverflow(nanoseconds / 1_000_000_000 + nanoseconds.signum()).overflow
    else { return nil }
    return .seconds(seconds) + .nanoseconds(nanoseconds)
  }
}

extension BoltDuration: CustomStringConvertible {
  /// The four parts apart, in the manner of ISO 8601, such as `P14M3DT60S`; nanoseconds, for which the standard has no
  /// sign, behind the seconds: `P0M0DT1S500N`.
  public var description: String {
    guard nanoseconds != 0 else { return "P\(months)M\(days)DT\(seconds)S" }
    return "P\(months)M\(days)DT\(seconds)S\(nanoseconds)N"
  }
}
