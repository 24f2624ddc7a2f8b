import Metrics
import MetricsTestKit
import Testing

@testable import BoltDriver

@Suite struct OperationMetricsTests {
  private let metrics = TestMetrics()

  private func dimensions(
    _ server: ScriptedServer, _ operation: String, error: String = "", status: String = ""
  ) -> [(String, String)] {
    [
      ("db.system.name", "neo4j"), ("db.operation.name", operation), ("db.namespace", "graph"),
      ("server.address", "127.0.0.1"), ("server.port", "\(server.address.port)"), ("error.type", error),
      ("db.response.status_code", status),
    ]
  }

  @Test func queriesAndTransactionsAreTimedByWhatTheyAre() async throws {
    let server = try await ScriptedServer.start { request in
      request.fields.first == "BAD" ? [.failure("Neo.ClientError.Statement.SyntaxError")] : nil
    }
    let driver = try server.driver {
      $0.database = "graph"
      $0.metricsFactory = metrics
    }
    try await driver.executeQuery("RETURN 1")
    try await driver.executeQuery("RETURN 1")
    try await driver.executeRead { _ = try await $0.run("RETURN 1").collect() }
    await #expect(throws: BoltError.self) { try await driver.executeQuery("BAD") }
    let name = "db.client.operation.duration"
    let good = try metrics.expectTimer(name, dimensions(server, "executeQuery"))
    #expect(good.values.count == 2 && good.values.allSatisfy { $0 > 0 })
    let code = "Neo.ClientError.Statement.SyntaxError"
    let bad = try metrics.expectTimer(name, dimensions(server, "executeQuery", error: code, status: code))
    #expect(bad.values.count == 1)
    for operation in ["executeRead", "transaction", "run"] {
      #expect(try metrics.expectTimer(name, dimensions(server, operation)).values.count == 1)
    }
    await driver.close()
  }

  @Test func theFiguresOfAPoolFollowIt() async throws {
    let address = ServerAddress(host: "graph.example")
    let server = FakeServer()
    let pool = ConnectionPool<FakeConnection>(
      address: address, limits: PoolLimits(maximumSize: 1), logger: LogLines().logger,
      instruments: PoolInstruments(metrics, address: address, limit: 1)
    ) { _, _ in try await server.connect() }
    let name = ("db.client.connection.pool.name", "graph.example:7687")
    func count(_ state: String) throws -> Double? {
      try metrics.expectMeter("db.client.connection.count", [name, ("db.client.connection.state", state)]).lastValue
    }
    let pending = try metrics.expectMeter("db.client.connection.pending_requests", [name])
    let first = try await pool.acquire()
    #expect(try count("used") == 1 && pending.lastValue == 0)
    let late = Task { try await pool.acquire(deadline: .now + .milliseconds(20)) }
    await #expect(throws: BoltError.self) { try await late.value }
    #expect(try metrics.expectCounter("db.client.connection.timeouts", [name]).totalValue == 1)
    // Both borrowers have waited: the one for its connection, the other in vain.
    #expect(pending.values == [1, 0, 1, 0])
    let patient = Task { try await pool.acquire() }
    try await soon("one waits") { pending.lastValue == 1 }
    pool.release(first)
    pool.release(try await patient.value)
    #expect(try count("used") == 0 && count("idle") == 1 && pending.lastValue == 0)
    for (timer, count) in [("create_time", 1), ("wait_time", 2), ("use_time", 2)] {
      #expect(try metrics.expectTimer("db.client.connection.\(timer)", [name]).values.count == count, "\(timer)")
    }
    await pool.close()
    #expect(try count("idle") == 0)
  }

  @Test func aDriversPoolsAreNamedAfterTheirServers() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver {
      $0.metricsFactory = metrics
      $0.maximumPoolSize = 3
    }
    try await driver.executeQuery("RETURN 1")
    let name = ("db.client.connection.pool.name", server.address.description)
    for limit in ["max", "idle.max"] {
      #expect(try metrics.expectMeter("db.client.connection.\(limit)", [name]).lastValue == 3)
    }
    #expect(try metrics.expectTimer("db.client.connection.create_time", [name]).values.allSatisfy { $0 > 0 })
    await driver.close()
  }

  @Test func theLimitOfAPoolThatIsGoneCountsNoMore() throws {
    let address = ServerAddress(host: "graph.example")
    var one: PoolInstruments? = PoolInstruments(metrics, address: address, limit: 5)
    let other = PoolInstruments(metrics, address: address, limit: 7)
    let maximum = try metrics.expectMeter(
      "db.client.connection.max", [("db.client.connection.pool.name", "graph.example:7687")])
    #expect(maximum.lastValue == 12 && one != nil)
    one = nil
    #expect(maximum.lastValue == 7)
    withExtendedLifetime(other) {}
  }

  @Test func namesFromOutsideDoNotMakeHandlesWithoutEnd() {
    let timers = OperationTimers(metrics)
    for number in 0..<(OperationTimers.limit + 500) {
      timers.record(.run, database: "tenant\(number)", server: "db:7687", nil, .milliseconds(1))
    }
    let error = BoltError(ServerFailure(code: String(repeating: "x", count: 1000), message: ""))
    timers.record(.run, database: "more", server: "db:7687", OperationFailure(error), .milliseconds(1))
    #expect(metrics.timers.count == OperationTimers.limit + 2)
    let overflow = metrics.timers.filter { timer in timer.dimensions.contains { $0 == ("db.namespace", "_OTHER") } }
    #expect(overflow.map(\.values.count).sorted() == [1, 500])
    #expect(overflow.allSatisfy { $0.dimensions.map(\.0) == metrics.timers.first?.dimensions.map(\.0) })
  }

  @Test(arguments: [
    ("db:7687", "db", "7687"), ("[::1]:7688", "::1", "7688"), ("db", "db", ""), ("", "", ""), (":", "", ""),
  ])
  func addressesAreTakenApart(_ address: String, _ host: String, _ port: String) {
    let parts = OperationTimers.parts(ofAddress: address)
    #expect(parts.host == host && parts.port == port)
  }

  @Test func strangeTimesDoNotOverflow() {
    #expect(Duration.seconds(-1).inNanoseconds == 0)
    #expect(Duration.milliseconds(3).inNanoseconds == 3_000_000)
    #expect(Duration.seconds(Int64.max).inNanoseconds == .max)
    let tooLong = Duration(secondsComponent: 9_223_372_036, attosecondsComponent: 999_999_999_000_000_000)
    #expect(tooLong.inNanoseconds == .max)
  }
}
