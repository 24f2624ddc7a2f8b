/// A point in time, with the offset or the zone in which it is to be shown.
public struct BoltDateTime: Sendable, Hashable {
  /// Seconds since 1970-01-01T00:00:00 UTC; negative before.
  public let secondsSinceEpoch: Int64
  /// Nanoseconds within the second, 0 to 999,999,999.
  public let nanosecond: Int32
  /// The offset or zone.
  public let zone: BoltTimeZone

  /// Makes a point in time. Returns nil unless the nanosecond is within a second.
  public init?(secondsSinceEpoch: Int64, nanosecond: Int32 = 0, zone: BoltTimeZone = .offset(seconds: 0)) {
    guard (0..<1_000_000_000).contains(nanosecond) else { return nil }
    self.secondsSinceEpoch = secondsSinceEpoch
    self.nanosecond = nanosecond
    self.zone = zone
  }

  /// What the clock of a fixed offset shows; nil for a named zone, or when the time is at the end of the time line.
  public var local: BoltLocalDateTime? {
    guard case .offset(let offset) = zone else { return nil }
    let (seconds, overflow) = secondsSinceEpoch.addingReportingOverflow(Int64(offset))
    return overflow ? nil : BoltLocalDateTime(secondsSinceEpoch: seconds, nanosecond: nanosecond)
  }
}

extension BoltDateTime: CustomStringConvertible {
  /// The time as ISO 8601 writes it, such as `2026-07-21T13:05:00+02:00`; one in a named zone is shown in UTC with the
  /// zone's name behind it.
  public var description: String {
    switch zone {
    case .offset(let seconds):
      local.map { "\($0)\(BoltTimeZone.offsetText(seconds))" } ?? "\(secondsSinceEpoch) s"
    case .identifier(let name):
      BoltLocalDateTime(secondsSinceEpoch: secondsSinceEpoch, nanosecond: nanosecond).map { "\($0)Z[\(name)]" }
        ?? "\(secondsSinceEpoch) s [\(name)]"
    }
  }
}
