/// How long something took, over many times: count, sum, maximum, and how many fell under each bound.
public struct DurationHistogram: Sendable, Hashable, Codable {
  /// The upper bounds of the buckets, those that OpenTelemetry advises for database clients: 1 ms to 10 s.
  public static let bounds: [Duration] = [
    .milliseconds(1), .milliseconds(5), .milliseconds(10), .milliseconds(50), .milliseconds(100), .milliseconds(500),
    .seconds(1), .seconds(5), .seconds(10),
  ]

  /// How many times.
  public private(set) var count: UInt64 = 0
  /// All of them together.
  public private(set) var total: Duration = .zero
  /// The longest.
  public private(set) var maximum: Duration = .zero
  /// How many fell into each bucket, not cumulated; one more than there are bounds, the last for what is above all.
  public private(set) var buckets = [UInt64](repeating: 0, count: DurationHistogram.bounds.count + 1)

  package init() {}

  /// Adds one.
  package mutating func record(_ duration: Duration) {
    let duration = max(duration, .zero)
    count &+= 1
    total += duration
    maximum = max(maximum, duration)
    buckets[Self.bounds.firstIndex { duration <= $0 } ?? Self.bounds.count] &+= 1
  }
}
