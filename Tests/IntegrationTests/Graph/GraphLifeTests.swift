import Actors
import BoltDriver
import Middleware
import TestSupport
import Testing

/// When a worker's driver is opened and closed.
@Suite(.serialized) struct GraphLifeTests {
  /// A layer that cannot start.
  private struct Broken: Middleware {
    struct Failure: Error {}
    func workerWillStart(_ worker: WorkerContext) async throws { throw Failure() }
  }

  private static func system(_ url: String, queue: String, _ layers: any Middleware...) throws -> ActorSystem {
    var system = ActorSystem(middleware: MiddlewareStack(layers))
    system.broker = .rabbitMQ(try .test(url))
    system.actor("noop", queue: queue) { (_: String) in }
    return system
  }

  @Test func aStartThatFailsHalfWayLeavesNothingOpen() async throws {
    let proxy = try GraphServer.proxy()
    defer { proxy.stop() }
    let driver = GraphDriver(try GraphServer.configuration(port: proxy.port))
    let system = try Self.system(try await TestBroker.url(), queue: uniqueName("graph"), driver, Broken())
    let worker = Worker(system: system, configuration: .test(), logger: LogCapture().logger())
    await #expect(throws: Broken.Failure.self) { try await worker.run() }
    #expect(proxy.accepted == 1, "the graph was verified")
    try await eventually("the connection is closed") { proxy.open == 0 }
    #expect(driver.metrics.isEmpty)
  }

  /// F46: a wrong password is an error of the configuration: no worker starts, and nobody tries again and again.
  @Test func aWrongPasswordEndsTheStart() async throws {
    var configuration = try GraphServer.configuration()
    configuration.auth = .basic(GraphServer.user, password: "wrong-s3cret")
    let logs = LogCapture()
    let queue = uniqueName("graph")
    let worker = Worker(
      system: try Self.system(try await TestBroker.url(), queue: queue, GraphDriver(configuration)),
      configuration: .test(), logger: logs.logger())
    let error = await #expect(throws: ActorSystemError.self) { try await worker.run() }
    #expect(error?.message.contains("Unauthorized") == true)
    #expect(worker.exit == .configuration)
    #expect(!logs.text.contains("s3cret") && error?.message.contains("s3cret") == false)
  }

  /// F46, lazily: the worker runs, says what is wrong, and does not knock at the door all the time.
  @Test func aWrongPasswordIsToldByALazyOne() async throws {
    let proxy = try GraphServer.proxy()
    defer { proxy.stop() }
    var configuration = try GraphServer.configuration(port: proxy.port)
    configuration.auth = .basic(GraphServer.user, password: "wrong-s3cret")
    let logs = LogCapture()
    let url = try await TestBroker.url()
    try await withQueue("graph") { queue, client in
      try await client.declareLikeDramatiq(queue)
      let ran = Seen<String>()
      try await withWorker(url, logs: logs, waitsFor: .degraded) { system in
        system.middleware = .graph(GraphDriver(configuration, lazy: true))
        system.actor("noop", queue: queue) { (key: String) in ran.add(key) }
        system.actor("ask", queue: queue) { (_: String) in
          try await MessageContext.current?.graph.executeQuery("RETURN 1")
        }
      } _: { worker in
        #expect(worker.status.reason.contains("Unauthorized"))
        for actor in ["ask", "noop"] {
          let texts = (0..<20).map { WireMessage(queue: queue, actor: actor, args: "[\"\($0)\"]").text }
          try await client.publish(texts: texts, to: queue)
        }
        try await eventually("others run, these do not") { ran.count == 20 && worker.figures.retried >= 40 }
        #expect(proxy.accepted <= 2, "40 messages in vain were no 40 log-ins")
      }
    }
    #expect(!logs.text.contains("s3cret"))
    #expect(logs.lines(containing: "the graph is down").count == 1)
  }

  /// A stop while the worker still waits for the graph.
  @Test func aStopEndsTheWaitForTheGraph() async throws {
    let proxy = try GraphServer.proxy()
    defer { proxy.stop() }
    proxy.refuseNew()
    let driver = GraphDriver(try GraphServer.configuration(port: proxy.port))
    let system = try Self.system(try await TestBroker.url(), queue: uniqueName("graph"), driver)
    let worker = Worker(system: system, configuration: .test(), logger: LogCapture().logger())
    let life = Task { try await worker.run() }
    try await eventually("it waits") { worker.status.reason.hasPrefix("graph: down") }
    #expect(worker.status.state == .starting)
    #expect(worker.healthReport(slot: 0).response(to: "/readyz").status == 503)
    worker.stop()
    try await life.value
    #expect(worker.exit == .drained)
  }

  /// The time that the worker has to connect covers the graph as well.
  @Test func theWaitForTheGraphHasALimit() async throws {
    let proxy = try GraphServer.proxy()
    defer { proxy.stop() }
    proxy.refuseNew()
    let driver = GraphDriver(try GraphServer.configuration(port: proxy.port))
    let system = try Self.system(try await TestBroker.url(), queue: uniqueName("graph"), driver)
    var configuration = WorkerConfiguration.test()
    configuration.connectTimeout = .milliseconds(500)
    let worker = Worker(system: system, configuration: configuration, logger: LogCapture().logger())
    try await worker.run()
    #expect(worker.exit == .cannotConnect)
  }

  /// A graph that comes back while the worker waits for it lets the worker start.
  @Test func aStartGoesOnWhenTheGraphIsThere() async throws {
    let proxy = try GraphServer.proxy()
    defer { proxy.stop() }
    proxy.refuseNew()
    let driver = GraphDriver(try GraphServer.configuration(port: proxy.port))
    let url = try await TestBroker.url()
    try await withQueue("graph") { queue, client in
      try await client.declareLikeDramatiq(queue)
      let system = try Self.system(url, queue: queue, driver)
      let worker = Worker(system: system, configuration: .test(), logger: LogCapture().logger())
      let life = Task { try await worker.run() }
      try await eventually("it waits") { worker.status.reason.hasPrefix("graph: down") }
      proxy.heal()
      try await eventually("it consumes") { worker.status == (.consuming, "") }
      worker.stop()
      try await life.value
      #expect(worker.exit == .drained)
      try await eventually("the connections are closed") { proxy.open == 0 }
    }
  }

  /// The drain runs out of time with a transaction open, in an actor that hears no cancellation.
  @Test func aDrainOutOfTimeClosesTheDriver() async throws {
    let proxy = try GraphServer.proxy()
    defer { proxy.stop() }
    let driver = GraphDriver(try GraphServer.configuration(port: proxy.port))
    let url = try await TestBroker.url()
    let gate = Gate()
    let begun = Seen<Bool>()
    let ended = Seen<Bool>()
    try await withQueue("graph") { queue, client in
      try await client.declareLikeDramatiq(queue)
      var system = try Self.system(url, queue: queue, driver)
      system.actor("hold", queue: queue) { (_: String) in
        try await Graph.current?.withSession { session in
          let transaction = try await session.beginTransaction()
          try await transaction.run("RETURN 1").consume()
          begun.add(true)
          // Deaf on purpose: a task of its own hears nothing of the cancellation.
          try await Task { try await gate.pass() }.value
        }
        ended.add(true)
      }
      let worker = Worker(
        system: system, configuration: .test(drainTimeout: .milliseconds(300)), logger: LogCapture().logger())
      let life = Task { try await worker.run() }
      try await client.publish(text: WireMessage(queue: queue, actor: "hold", args: "[\"1\"]").text, to: queue)
      try await eventually("it runs") { begun.count == 1 }
      worker.stop()
      try await life.value
      #expect(worker.exit == .drainDeadline)
      try await eventually("the connections are closed") { proxy.open == 0 }
      #expect(driver.metrics.isEmpty)
      gate.open()
      try await eventually("the message is back") { try await client.ready(queue) == 1 }
    }
  }
}
