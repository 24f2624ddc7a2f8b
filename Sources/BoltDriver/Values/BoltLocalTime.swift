/// A time of day without zone.
public struct BoltLocalTime: Sendable, Hashable, Comparable {
  /// Nanoseconds since midnight.
  public let nanosecondOfDay: Int64

  /// Nanoseconds in a day.
  package static let nanosecondsInDay: Int64 = 86_400_000_000_000

  /// Makes a time of day. Returns nil unless the number is within a day.
  public init?(nanosecondOfDay: Int64) {
    guard (0..<Self.nanosecondsInDay).contains(nanosecondOfDay) else { return nil }
    self.nanosecondOfDay = nanosecondOfDay
  }

  /// For a number that is within a day by the way it was computed.
  init(knownNanosecondOfDay nanosecondOfDay: Int64) { self.nanosecondOfDay = nanosecondOfDay }

  /// Makes a time of day. Returns nil when a part is out of its range.
  public init?(hour: Int, minute: Int, second: Int = 0, nanosecond: Int = 0) {
    guard (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second),
      (0..<1_000_000_000).contains(nanosecond)
    else { return nil }
    nanosecondOfDay = Int64((hour * 60 + minute) * 60 + second) * 1_000_000_000 + Int64(nanosecond)
  }

  /// The hour, 0 to 23.
  public var hour: Int { Int(nanosecondOfDay / 3_600_000_000_000) }
  /// The minute, 0 to 59.
  public var minute: Int { Int(nanosecondOfDay / 60_000_000_000 % 60) }
  /// The second, 0 to 59.
  public var second: Int { Int(nanosecondOfDay / 1_000_000_000 % 60) }
  /// The nanosecond within the second.
  public var nanosecond: Int { Int(nanosecondOfDay % 1_000_000_000) }

  /// Whether the left time is earlier in the day.
  public static func < (left: BoltLocalTime, right: BoltLocalTime) -> Bool {
    left.nanosecondOfDay < right.nanosecondOfDay
  }
}

extension BoltLocalTime: CustomStringConvertible {
  /// The time as ISO 8601 writes it, such as `13:05:00.250000000`; without fraction when that is zero.
  public var description: String {
    let clock = [hour, minute, second].map { Int64($0).padded(to: 2) }.joined(separator: ":")
    return nanosecond == 0 ? clock : "\(clock).\(Int64(nanosecond).padded(to: 9))"
  }
}
