package import Actors
package import BoltDriver

/// How the graph of one worker process stands: an entry of `/graph.json`, and what `actorctl graph pool` reads.
package struct GraphReport: Sendable, Hashable, Codable {
  /// The connections to one server.
  package struct Pool: Sendable, Hashable, Codable {
    /// The server, `host:port`.
    package var address: String
    /// How many connections there may be, are lent, free, and being made.
    package var maximum, inUse, idle, creating: Int
    /// How many messages wait for one.
    package var waiting: Int
    /// How many have been made, and could not be made.
    package var created, failed: UInt64
    /// How many have been closed, by reason.
    package var closed: [String: UInt64]
    /// How often one was lent, and none came in time.
    package var acquired, timeouts: UInt64
    /// How long waiting, using and making took, in seconds.
    package var acquire, use, create: Times
    /// The age of the oldest connection in seconds; nil when there is none.
    package var oldest: Double?
  }

  /// How long something took, in seconds.
  package struct Times: Sendable, Hashable, Codable {
    /// How often.
    package var count: UInt64
    /// All together.
    package var sum: Double
    /// The longest.
    package var maximum: Double
    /// The bound under which 99 of 100 fell; nil for none, and for those above the last bound.
    package var p99: Double?

    init(_ histogram: DurationHistogram) {
      count = histogram.count
      sum = histogram.total.inSeconds
      maximum = histogram.maximum.inSeconds
      p99 = histogram.bound(of: 0.99)?.inSeconds
    }
  }

  /// Whether the graph answers: `unknown`, `up`, `down`, `exhausted`.
  package var state: String
  /// What is wrong; nil when nothing is.
  package var reason: String?
  /// The connections, by server.
  package var pools: [Pool]
  /// Sessions and transactions.
  package var transactions: TransactionMetrics

  /// The report of this moment.
  package init(_ access: GraphAccess) {
    self.init(
      access.health, pools: access.driver.poolMetrics, transactions: access.driver.transactionMetrics)
  }

  package init(_ health: GraphHealth, pools: [PoolMetrics], transactions: TransactionMetrics) {
    state =
      switch health.current {
      case .unknown: "unknown"
      case .up: "up"
      case .down: "down"
      case .exhausted: "exhausted"
      }
    reason = health.reason
    self.pools = pools.map { pool in
      Pool(
        address: pool.address, maximum: pool.maximum, inUse: pool.inUse, idle: pool.idle, creating: pool.creating,
        waiting: pool.waiting, created: pool.created, failed: pool.failedToCreate,
        closed: Dictionary(uniqueKeysWithValues: pool.closed.map { ($0.key.rawValue, $0.value) }),
        acquired: pool.acquired, timeouts: pool.timeouts, acquire: Times(pool.acquireTime), use: Times(pool.useTime),
        create: Times(pool.createTime), oldest: pool.oldestConnection?.inSeconds)
    }
    self.transactions = transactions
  }

  /// The report as a document.
  package var json: JSONValue { (try? JSONText(encoding: self)).map { JSONValue($0) } ?? .null }
}

extension DurationHistogram {
  /// The upper bound of the bucket in which a share of all durations is reached; nil for none, and for the last bucket,
  /// which has no bound.
  func bound(of share: Double) -> Duration? {
    let wanted = Double(count) * share
    var seen: UInt64 = 0
    for (bound, bucket) in zip(Self.bounds, buckets) {
      seen &+= bucket
      if seen > 0, Double(seen) >= wanted { return bound }
    }
    return nil
  }
}
