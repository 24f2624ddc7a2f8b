import ArgumentParser
import BenchClock
import BoltDriver

/// Measures the Bolt driver against the server at `BOLT_URL` (see `DriverConfiguration.init(environment:)`) and prints one
/// JSON line. The same work as that of the C limit (`Limit/Bolt`) and of the Python peer (`bench/neo4j_peer.py`).
@main
struct BenchBolt: AsyncParsableCommand {
  /// What is measured.
  enum Measure: String, CaseIterable, ExpressibleByArgument {
    /// One query at a time, all in one session.
    case session
    /// One query at a time, each in a session of its own.
    case sessions
    /// One query at a time by `executeQuery`, for writing: two round trips.
    case execute
    /// One query at a time by `executeQuery`, for reading: one round trip.
    case executeRead = "execute-read"
    /// Several tasks, each with one query at a time in a session of its own.
    case throughput
    /// One result of many rows.
    case rows
    /// One result of many nodes, read into structs.
    case nodes
    /// Nodes created with `UNWIND`, in batches.
    case write
    /// One query at a time, each with a driver of its own.
    case fresh
  }

  @Argument(help: "session, sessions, execute, execute-read, throughput, rows, nodes, write or fresh.")
  var measure: Measure

  @Option(help: "Queries, rows, nodes or drivers.")
  var n = 3000

  @Option(help: "Seconds of a throughput.")
  var seconds = 3.0

  @Option(help: "Tasks of a throughput.")
  var tasks = 32

  @Option(help: "Rows of one write.")
  var batch = 10_000

  @Option(help: "The server's process, whose processor time is measured too.")
  var serverPid: Int32?

  func run() async throws {
    let configuration = try DriverConfiguration.ofEnvironment()
    let stopwatches = Stopwatches(server: serverPid)
    if measure == .fresh {
      return print(try await QueryMeasures.fresh(configuration, n, stopwatches).json(measure.rawValue))
    }
    let driver = try Driver(configuration)
    let figures: Figures
    do { figures = try await self.figures(driver, stopwatches) } catch {
      await driver.close()
      throw error
    }
    await driver.close()
    print(figures.json(measure.rawValue))
  }

  private func figures(_ driver: Driver, _ stopwatches: Stopwatches) async throws -> Figures {
    switch measure {
    case .session: try await QueryMeasures.oneSession(driver, n, stopwatches)
    case .sessions: try await QueryMeasures.latency(n, stopwatches) { try await QueryMeasures.session(driver, $0) }
    case .execute:
      try await QueryMeasures.latency(n, stopwatches) { try await QueryMeasures.execute(driver, $0, .write) }
    case .executeRead:
      try await QueryMeasures.latency(n, stopwatches) { try await QueryMeasures.execute(driver, $0, .read) }
    case .throughput:
      try await QueryMeasures.throughput(driver, tasks: tasks, seconds: seconds, stopwatches)
    case .rows: try await ResultMeasures.rows(driver, n, stopwatches)
    case .nodes: try await ResultMeasures.nodes(driver, stopwatches)
    case .write: try await ResultMeasures.write(driver, n, batch: batch, stopwatches)
    case .fresh: throw ValidationError("a fresh driver is measured without a shared one")
    }
  }
}
