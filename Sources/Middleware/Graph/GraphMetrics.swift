import Actors
import BoltDriver

/// The figures of a driver under their Prometheus names.
enum GraphMetrics {
  private typealias Sample = MetricFamily.Sample

  static func families(of driver: Driver) -> [MetricFamily] {
    pools(driver.poolMetrics) + routingTables(driver.routingMetrics) + transactions(driver.transactionMetrics)
  }

  /// None without routing.
  static func routingTables(_ tables: [RoutingTableMetrics]) -> [MetricFamily] {
    guard !tables.isEmpty else { return [] }
    func labels(_ table: RoutingTableMetrics, _ more: [String: String] = [:]) -> [String: String] {
      more.merging(["database": table.database ?? ""]) { $1 }
    }
    return [
      MetricFamily(
        "neo4j_routing_table_age_seconds", .gauge, "How long ago the routing table came.",
        samples: tables.map { Sample(labels($0), value: .number($0.age.inSeconds)) }),
      MetricFamily(
        "neo4j_routing_table_servers", .gauge, "How many members of the cluster do what.",
        samples: tables.flatMap { table in
          [("router", table.routers), ("reader", table.readers), ("writer", table.writers)].map { role, count in
            Sample(labels(table, ["role": role]), value: .number(Double(count)))
          }
        }),
    ]
  }

  static func pools(_ pools: [PoolMetrics]) -> [MetricFamily] {
    func family(
      _ name: String, _ kind: MetricFamily.Kind, _ help: String,
      _ figures: (PoolMetrics) -> [([String: String], MetricFamily.Value)]
    ) -> MetricFamily {
      let samples = pools.flatMap { pool in
        figures(pool).map { Sample($0.0.merging(["address": pool.address]) { $1 }, value: $0.1) }
      }
      return MetricFamily("neo4j_pool_\(name)", kind, help, samples: samples)
    }
    func count(_ value: some BinaryInteger) -> [([String: String], MetricFamily.Value)] {
      [([:], .number(Double(value)))]
    }
    func times(_ histogram: DurationHistogram) -> [([String: String], MetricFamily.Value)] {
      [([:], .histogram(MetricHistogram(histogram)))]
    }
    return [
      family("connections", .gauge, "Connections to the graph, by what they do.") { pool in
        [("used", pool.inUse), ("idle", pool.idle), ("creating", pool.creating)].map { state, count in
          (["state": state], .number(Double(count)))
        }
      },
      family("connections_max", .gauge, "How many connections there may be.") { count($0.maximum) },
      family("pending_requests", .gauge, "Messages that wait for a connection.") { count($0.waiting) },
      family("acquired_total", .counter, "How often a connection was lent.") { count($0.acquired) },
      family("acquire_timeouts_total", .counter, "How often none came in time.") { count($0.timeouts) },
      family("connections_created_total", .counter, "Connections made.") { count($0.created) },
      family("connections_failed_total", .counter, "Connections that could not be made.") { count($0.failedToCreate) },
      family("connections_closed_total", .counter, "Connections closed.") { pool in
        ConnectionCloseReason.allCases.map { (["reason": $0.rawValue], .number(Double(pool.closed[$0] ?? 0))) }
      },
      family("acquire_seconds", .histogram, "How long messages waited for a connection.") { times($0.acquireTime) },
      family("connection_use_seconds", .histogram, "How long connections were lent.") { times($0.useTime) },
      family("connection_create_seconds", .histogram, "How long making a connection took.") { times($0.createTime) },
      family("oldest_connection_seconds", .gauge, "The age of the oldest connection.") { pool in
        pool.oldestConnection.map { [([:], .number($0.inSeconds))] } ?? []
      },
    ]
  }

  static func transactions(_ metrics: TransactionMetrics) -> [MetricFamily] {
    [
      MetricFamily("neo4j_sessions_open", .gauge, "Sessions that are open.", Double(metrics.openSessions)),
      MetricFamily("neo4j_transactions_open", .gauge, "Transactions under way.", Double(metrics.openTransactions)),
      MetricFamily(
        "neo4j_transactions_total", .counter, "Transactions that ended.",
        samples: TransactionOutcome.allCases.map {
          Sample(["outcome": $0.rawValue], value: .number(Double(metrics.ended[$0] ?? 0)))
        }),
      MetricFamily(
        "neo4j_transaction_retries_total", .counter, "Managed transactions run again, by the error before.",
        samples: metrics.retries.sorted { $0.key < $1.key }.map {
          Sample(["code": $0.key], value: .number(Double($0.value)))
        }),
    ]
  }
}

extension MetricHistogram {
  /// The driver's figures in seconds.
  init(_ histogram: DurationHistogram) {
    self.init(
      bounds: DurationHistogram.bounds.map(\.inSeconds), counts: histogram.buckets, sum: histogram.total.inSeconds)
  }
}

extension Duration {
  /// Seconds and their fraction.
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
