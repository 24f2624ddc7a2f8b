/// A date and a time of day without zone.
public struct BoltLocalDateTime: Sendable, Hashable, Comparable {
  /// Seconds since 1970-01-01T00:00:00 on the same unnamed clock; negative before.
  public let secondsSinceEpoch: Int64
  /// Nanoseconds within the second, 0 to 999,999,999.
  public let nanosecond: Int32

  /// Makes a date and time. Returns nil unless the nanosecond is within a second.
  public init?(secondsSinceEpoch: Int64, nanosecond: Int32 = 0) {
    guard (0..<1_000_000_000).contains(nanosecond) else { return nil }
    self.secondsSinceEpoch = secondsSinceEpoch
    self.nanosecond = nanosecond
  }

  /// Makes a date and time from its parts. Returns nil when the date is too far from 1970 for a count of seconds.
  public init?(date: BoltDate, time: BoltLocalTime) {
    let (seconds, tooFar) = date.daysSinceEpoch.multipliedReportingOverflow(by: 86_400)
    let (total, overflow) = seconds.addingReportingOverflow(time.nanosecondOfDay / 1_000_000_000)
    guard !tooFar, !overflow else { return nil }
    secondsSinceEpoch = total
    nanosecond = Int32(time.nanosecond)
  }

  /// The date.
  public var date: BoltDate { BoltDate(daysSinceEpoch: secondsSinceEpoch.flooredDivision(by: 86_400).quotient) }

  /// The time of day.
  public var time: BoltLocalTime {
    let second = secondsSinceEpoch.flooredDivision(by: 86_400).remainder
    return BoltLocalTime(knownNanosecondOfDay: second * 1_000_000_000 + Int64(nanosecond))
  }

  /// Whether the left one is earlier.
  public static func < (left: BoltLocalDateTime, right: BoltLocalDateTime) -> Bool {
    (left.secondsSinceEpoch, left.nanosecond) < (right.secondsSinceEpoch, right.nanosecond)
  }
}

extension BoltLocalDateTime: CustomStringConvertible {
  /// The date and time as ISO 8601 writes them, such as `2026-07-21T13:05:00`.
  public var description: String { "\(date)T\(time)" }
}
