import Actors
import BoltDriver
import Glibc
import Middleware
import Synchronization
import TestSupport
import Testing

@Suite("The graph at hand")
struct GraphDriverTests {
  /// A graph that is not there: a port that was free a moment ago.
  private static func nowhere() throws -> DriverConfiguration {
    let listener = try TCPSocket.listen()
    defer { listener.close() }
    return try DriverConfiguration("bolt://127.0.0.1:\(listener.port)", auth: .basic("neo4j", password: "s3cret-word"))
  }

  private static func context(_ log: LogCapture = LogCapture(), slots: Int = 8) -> WorkerContext {
    WorkerContext(logger: log.logger(), concurrency: slots, queues: ["queue"])
  }

  @Test func `without the middleware, the error says what is missing`() async {
    let (outcome, _) = await process(through: []) { context in
      _ = try context.graph
      return nil
    }
    let error = outcome.error as? ActorSystemError
    #expect(error?.code == .middlewareNotFound)
    #expect(error?.message.contains("GraphDriver()") == true)
    #expect(Graph.current == nil)
  }

  @Test func `the driver is there for the actor and its tasks, and for nobody else`() async throws {
    let driver = try Driver(Self.nowhere())
    let connection = GraphConnection(source: .driver(driver), isLazy: true)
    try await connection.open(for: Self.context())
    let (outcome, _) = await process(through: [GraphDriver(connection)]) { context in
      let own = try context.graph
      #expect(own === driver)
      #expect(Graph.current === driver)
      async let child = Graph.current
      #expect(await child === driver)
      #expect(await Task { Graph.current }.value === driver)
      #expect(await Task.detached { Graph.current }.value == nil)
      #expect(await Task.detached { try? context.graph }.value === driver)
      return nil
    }
    #expect(outcome.summary == "done")
    #expect(Graph.current == nil)
    await connection.close()
    #expect(connection.access == nil)
    await driver.close()
  }

  @Test func `the environment says where, the worker how many`() async throws {
    let environment = ["BOLT_URL": "bolt://127.0.0.1:1", "BOLT_USER": "ada", "BOLT_PASSWORD": "s3cret-word"]
    let connection = GraphConnection(
      source: .environment { $0.fetchSize = 7 }, isLazy: true, environment: { environment })
    try await connection.open(for: Self.context(slots: 12))
    let configuration = try #require(connection.access?.driver.configuration)
    #expect(configuration.maximumPoolSize == 14)
    #expect(configuration.fetchSize == 7)
    #expect(!configuration.repeatsWithoutConnection)
    #expect(configuration.uri.address.port == 1)
    await connection.close()
  }

  @Test(arguments: [
    ["BOLT_URL": "http://127.0.0.1"], ["BOLT_URL": "neo4j+tls://127.0.0.1"], ["BOLT_PASSWORD": "s3cret-word"],
    ["BOLT_USER": "ada", "BOLT_PASSWORD_FILE": "/nowhere/at/all"],
  ])
  func `a configuration that cannot be is an error of the configuration`(environment: [String: String]) async {
    let connection = GraphConnection(source: .environment { _ in }, isLazy: true, environment: { environment })
    let error = await #expect(throws: ActorSystemError.self) { try await connection.open(for: Self.context()) }
    #expect(error?.code == .invalidConfiguration)
    #expect(error?.message.contains("s3cret") == false)
    #expect(connection.access == nil)
  }

  @Test func `a start waits for a graph that is down, and can be called off`() async throws {
    let log = LogCapture()
    let connection = GraphConnection(source: .configuration(try Self.nowhere()), isLazy: false)
    let start = Task { try await connection.open(for: Self.context(log)) }
    try await eventually("it is seen to be down") { connection.health.reason != nil }
    start.cancel()
    await #expect(throws: CancellationError.self) { try await start.value }
    #expect(connection.access == nil)
    #expect(connection.health.reason == nil)
    #expect(log.lines(containing: "the graph is down").count == 1)
    #expect(!log.text.contains("s3cret"))
  }

  @Test func `while the graph is down, messages that ask for it fail at once`() async throws {
    let connection = GraphConnection(source: .configuration(try Self.nowhere()), isLazy: true)
    try await connection.open(for: Self.context())
    let driver = GraphDriver(connection)
    try await eventually("it is seen to be down") { driver.trouble != nil }
    let trouble = try #require(driver.trouble)
    #expect(trouble.reason.hasPrefix("graph: down: ") && trouble.isDegrading)
    #expect(GraphDriver(connection, isRequired: false).trouble?.isDegrading == false)
    let (outcome, _) = await process(through: [driver]) { context in
      try await context.graph.executeQuery("RETURN 1")
      return nil
    }
    let error = outcome.error as? BoltError
    #expect(error?.code == .serviceUnavailable && error?.isRetryable == true)
    let other = await process(through: [driver]) { _ in nil }
    #expect(other.outcome.summary == "done")
    await connection.close()
  }

  @Test func `two workers share the driver, and the last one closes it`() async throws {
    let connection = GraphConnection(source: .configuration(try Self.nowhere()), isLazy: true)
    try await connection.open(for: Self.context())
    let driver = try #require(connection.access?.driver)
    try await connection.open(for: Self.context())
    #expect(connection.access?.driver === driver)
    await connection.close()
    #expect(connection.access?.driver === driver)
    await connection.close()
    #expect(connection.access == nil)
    let error = await #expect(throws: BoltError.self) { try await driver.verifyConnectivity() }
    #expect(error?.code == .closed)
  }

  @Test func `the figures have their public names`() async throws {
    let connection = GraphConnection(source: .configuration(try Self.nowhere()), isLazy: true)
    try await connection.open(for: Self.context())
    let driver = GraphDriver(connection)
    try await eventually("it is seen to be down") { driver.trouble != nil }
    let text = PrometheusText.render(driver.metrics)
    for name in [
      "neo4j_pool_connections{", "neo4j_pool_acquire_seconds_bucket{", "neo4j_pool_acquire_timeouts_total{",
      "neo4j_pool_connection_use_seconds_count{", "neo4j_pool_connections_created_total{",
      "neo4j_pool_connections_closed_total{", "neo4j_transactions_total{",
      "# TYPE neo4j_transaction_retries_total counter",
    ] {
      #expect(text.contains(name), "\(name)")
    }
    let document = try #require(driver.document)
    #expect(document.name == "graph")
    #expect(document.content["state"]?.stringValue == "down")
    #expect(document.content["pools"]?[0]?["failed"]?.intValue ?? 0 > 0)
    await connection.close()
  }
}
