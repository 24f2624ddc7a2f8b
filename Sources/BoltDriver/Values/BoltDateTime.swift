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

  /// Makes a point in time from what the clocks of its zone show. A time that they show twice, when they are set back, is
  /// taken for the earlier one; one that they leave out is counted on from before the change.
  ///
  /// - Parameters:
  ///   - local: What the clocks show.
  ///   - zone: The offset or zone.
  /// - Throws: ``BoltDecodingError`` for a named zone that this machine does not know, and for a time at the end of the
  ///   time line.
  public init(_ local: BoltLocalDateTime, in zone: BoltTimeZone) throws(BoltDecodingError) {
    let offset: Int32 =
      switch zone {
      case .offset(let seconds): seconds
      case .identifier(let name):
        try TimeZoneDatabase.system.rules(of: name).offset(atWallClock: local.secondsSinceEpoch)
      }
    let (seconds, overflow) = local.secondsSinceEpoch.subtractingReportingOverflow(Int64(offset))
    guard !overflow else { throw Self.outOfRange }
    secondsSinceEpoch = seconds
    nanosecond = local.nanosecond
    self.zone = zone
  }

  /// What the clock of a fixed offset shows; nil for a named zone, or when the time is at the end of the time line.
  public var local: BoltLocalDateTime? {
    guard case .offset(let offset) = zone else { return nil }
    return local(offset)
  }

  /// What the clocks of the zone show, and how many seconds they are ahead of UTC.
  ///
  /// - Throws: ``BoltDecodingError`` for a named zone that this machine does not know, and for a time at the end of the
  ///   time line.
  public func wallClock() throws(BoltDecodingError) -> (local: BoltLocalDateTime, offsetSeconds: Int32) {
    let offset: Int32 =
      switch zone {
      case .offset(let seconds): seconds
      case .identifier(let name): try TimeZoneDatabase.system.rules(of: name).offset(at: secondsSinceEpoch)
      }
    guard let local = local(offset) else { throw Self.outOfRange }
    return (local, offset)
  }

  private func local(_ offset: Int32) -> BoltLocalDateTime? {
    let (seconds, overflow) = secondsSinceEpoch.addingReportingOverflow(Int64(offset))
    return overflow ? nil : BoltLocalDateTime(secondsSinceEpoch: seconds, nanosecond: nanosecond)
  }

  private static var outOfRange: BoltDecodingError {
    BoltDecodingError(expected: "a time that can be counted in seconds", found: "one at the end of the time line")
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
