/// The figures of the connections to one server at one moment, all taken together.
public struct PoolMetrics: Sendable, Hashable, Codable {
  /// The server, `host:port`.
  public let address: String
  /// How many connections there may be.
  public let maximum: Int
  /// How many are lent, or on their way to or from a borrower (being checked or reset).
  public let inUse: Int
  /// How many are free.
  public let idle: Int
  /// How many are being made.
  public let creating: Int
  /// How many borrowers wait.
  public let waiting: Int
  /// How many have been made.
  public let created: UInt64
  /// How many could not be made.
  public let failedToCreate: UInt64
  /// How many have been closed, by reason.
  public let closed: [ConnectionCloseReason: UInt64]
  /// How many times one was lent.
  public let acquired: UInt64
  /// How many borrowers waited in vain.
  public let timeouts: UInt64
  /// How long borrowers waited for what they got.
  public let acquireTime: DurationHistogram
  /// How long connections were lent.
  public let useTime: DurationHistogram
  /// How long making a connection took, login included.
  public let createTime: DurationHistogram
  /// The age of the oldest connection; nil when there is none.
  public let oldestConnection: Duration?

  /// How many have been closed in all.
  public var closedInAll: UInt64 { closed.values.reduce(0, &+) }
}
