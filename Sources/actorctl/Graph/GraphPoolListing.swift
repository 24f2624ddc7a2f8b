import Middleware

/// What `graph pool` shows.
struct GraphPoolListing: JSONOutput {
  static let schema = "actorctl.graph.pool/1"

  let processes: [FleetGraphs.Process]

  /// For people: a line for each process and server, and their sum when there are several.
  var table: Table {
    let hasFleets = Set(processes.map(\.fleet)).count > 1
    var table = Table(
      (hasFleets ? [.text("FLEET")] : [])
        + [
          .number("WORKER"), .number("PID"), .text("STATE"), .number("USED"), .number("IDLE"), .number("MAX"),
          .number("WAIT"), .number("LENT"), .number("LATE"), .number("MADE"), .number("CLOSED"), .number("FAILED"),
          .number("P99 ms"), .number("RETRIES"), .text("SERVER"),
        ])
    var sum = Sum()
    for process in processes {
      for (index, pool) in process.graph.pools.enumerated() {
        let retries = index == 0 ? process.graph.transactions.retries.values.reduce(0, &+) : 0
        sum.add(pool, retries: retries)
        let head = [String(process.worker), String(process.pid), process.graph.state]
        table.add((hasFleets ? [process.fleet] : []) + head + Sum(pool, retries: retries).cells + [pool.address])
      }
    }
    if sum.pools > 1 { table.add((hasFleets ? ["all"] : []) + [hasFleets ? "" : "all", "", ""] + sum.cells) }
    return table
  }

  /// What is wrong, each thing once.
  var reasons: [String] {
    var seen: [String] = []
    for reason in processes.compactMap(\.graph.reason) where !seen.contains(reason) { seen.append(reason) }
    return seen
  }

  /// The figures of one or more pools.
  private struct Sum {
    var pools = 0
    var used = 0, idle = 0, maximum = 0, waiting = 0
    var acquired: UInt64 = 0, timeouts: UInt64 = 0, created: UInt64 = 0, closed: UInt64 = 0, failed: UInt64 = 0
    var retries: UInt64 = 0
    var acquire: [GraphReport.Times] = []

    init() {}

    init(_ pool: GraphReport.Pool, retries: UInt64) { add(pool, retries: retries) }

    mutating func add(_ pool: GraphReport.Pool, retries: UInt64) {
      // The figures may come from another process's file or port: none of them is trusted not to overflow.
      pools += 1
      used &+= pool.inUse
      idle &+= pool.idle
      maximum &+= pool.maximum
      waiting &+= pool.waiting
      acquired &+= pool.acquired
      timeouts &+= pool.timeouts
      created &+= pool.created
      closed = pool.closed.values.reduce(closed, &+)
      failed &+= pool.failed
      self.retries &+= retries
      acquire.append(pool.acquire)
    }

    var cells: [String] {
      [used, idle, maximum, waiting].map { Figures.count($0) }
        + [acquired, timeouts, created, closed, failed].map { Figures.count($0) } + [wait, Figures.count(retries)]
    }

    /// The bound under which 99 of 100 waits lay; of several pools the worst.
    private var wait: String {
      let some = acquire.filter { $0.count > 0 }
      if some.isEmpty { return "–" }
      let bounds = some.compactMap(\.p99)
      guard bounds.count == some.count, let worst = bounds.max() else { return "> 10,000" }
      return "≤ " + (Int64(exactly: (worst * 1000).rounded()).map { Figures.count($0) } ?? "\(worst)")
    }
  }

  private enum CodingKeys: CodingKey { case processes }

  private struct Entry: Encodable {
    let fleet: String
    let worker: Int
    let pid: Int32
    let graph: GraphReport
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(
      processes.map { Entry(fleet: $0.fleet, worker: $0.worker, pid: $0.pid, graph: $0.graph) }, forKey: .processes)
  }
}
