/// A time of day with an offset from UTC.
public struct BoltTime: Sendable, Hashable {
  /// The time on the clock of the offset.
  public let local: BoltLocalTime
  /// Seconds east of UTC.
  public let offsetSeconds: Int32

  /// Makes a time of day.
  public init(local: BoltLocalTime, offsetSeconds: Int32) {
    self.local = local
    self.offsetSeconds = offsetSeconds
  }
}

extension BoltTime: CustomStringConvertible {
  /// The time as ISO 8601 writes it, such as `13:05:00+02:00`.
  public var description: String { "\(local)\(BoltTimeZone.offsetText(offsetSeconds))" }
}
