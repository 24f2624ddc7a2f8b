/// What places a local time on the time line.
public enum BoltTimeZone: Sendable, Hashable {
  /// A fixed distance from UTC, in seconds, positive to the east.
  case offset(seconds: Int32)
  /// A name of the time zone database, such as `Europe/Stockholm`. It is kept as it came: whether this machine knows
  /// it is asked only by whoever computes with it.
  case identifier(String)

  /// `Z`, `+02:00` or `-03:30`; with seconds when there are any.
  static func offsetText(_ seconds: Int32) -> String {
    guard seconds != 0 else { return "Z" }
    let total = Int64(seconds.magnitude)
    let clock = "\((total / 3600).padded(to: 2)):\((total / 60 % 60).padded(to: 2))"
    let text = total % 60 == 0 ? clock : "\(clock):\((total % 60).padded(to: 2))"
    return (seconds < 0 ? "-" : "+") + text
  }
}
