import BenchClock
import BoltDriver

/// The measurements of small queries: `RETURN $x AS x`, whose answer is looked at.
enum QueryMeasures {
  /// The answer was another number.
  struct WrongAnswer: Error {
    let expected: Int
    let got: Int
  }

  /// How many queries go before those that are measured.
  private static let warmUp = 500

  /// One query at a time, all in one session.
  static func oneSession(_ driver: Driver, _ n: Int, _ stopwatches: Stopwatches) async throws -> Figures {
    try await driver.withSession { session in
      try await latency(n, stopwatches) { try await ask(session, $0) }
    }
  }

  /// One query in a session of its own.
  static func session(_ driver: Driver, _ x: Int) async throws {
    try await driver.withSession { session in try await ask(session, x) }
  }

  /// One query by `executeQuery`.
  static func execute(_ driver: Driver, _ x: Int, _ mode: AccessMode) async throws {
    let result = try await driver.executeQuery(query(x), accessMode: mode)
    try check(x, result.records.first?.get(at: 0, as: Int.self))
  }

  /// Times `one`, called with one number after the other.
  static func latency(
    _ n: Int, _ stopwatches: Stopwatches, _ one: (Int) async throws -> Void
  ) async throws -> Figures {
    for x in 0..<warmUp { try await one(x) }
    var latencies: [Double] = []
    latencies.reserveCapacity(n)
    let elapsed = try await stopwatches.measure {
      for x in 0..<n {
        let start = Stopwatch.seconds
        try await one(x)
        latencies.append(Stopwatch.seconds - start)
      }
    }
    return Figures(count: n, elapsed: elapsed, latencies: latencies)
  }

  /// Many tasks on the one driver, each with one query at a time.
  static func throughput(
    _ driver: Driver, tasks: Int, seconds: Double, _ stopwatches: Stopwatches
  ) async throws -> Figures {
    // Connections and caches first.
    _ = try await queries(driver, tasks, for: 0.5)
    var count = 0
    let elapsed = try await stopwatches.measure { count = try await queries(driver, tasks, for: seconds) }
    return Figures(count: count, elapsed: elapsed)
  }

  /// A driver for every query: made, used and closed.
  static func fresh(_ configuration: DriverConfiguration, _ n: Int, _ stopwatches: Stopwatches) async throws -> Figures
  {
    var latencies: [Double] = []
    for x in 0..<20 { try await freshDriver(configuration, x) }
    let elapsed = try await stopwatches.measure {
      for x in 0..<n {
        let start = Stopwatch.seconds
        try await freshDriver(configuration, x)
        latencies.append(Stopwatch.seconds - start)
      }
    }
    return Figures(count: n, elapsed: elapsed, latencies: latencies)
  }

  // MARK: - Parts

  private static func freshDriver(_ configuration: DriverConfiguration, _ x: Int) async throws {
    let driver = try Driver(configuration)
    do { try await session(driver, x) } catch {
      await driver.close()
      throw error
    }
    await driver.close()
  }

  /// How many queries `tasks` tasks have done after so many seconds.
  private static func queries(_ driver: Driver, _ tasks: Int, for seconds: Double) async throws -> Int {
    try await withThrowingTaskGroup(of: Int.self) { group in
      let stopwatch = Stopwatch()
      for _ in 0..<tasks {
        group.addTask {
          var done = 0
          while stopwatch.wall < seconds {
            try await session(driver, done)
            done += 1
          }
          return done
        }
      }
      return try await group.reduce(0, +)
    }
  }

  private static func ask(_ session: Session, _ x: Int) async throws {
    try check(x, try await session.run(query(x)).single().get(at: 0, as: Int.self))
  }

  private static func query(_ x: Int) -> Query { Query("RETURN $x AS x", parameters: ["x": .int(Int64(x))]) }

  private static func check(_ expected: Int, _ got: Int?) throws {
    guard expected == got else { throw WrongAnswer(expected: expected, got: got ?? -1) }
  }
}
