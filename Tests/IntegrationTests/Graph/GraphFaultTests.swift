import Actors
import BoltDriver
import Middleware
import TestSupport
import Testing

/// What may happen between a worker and its graph, end to end.
@Suite(.serialized) struct GraphFaultTests {
  private static func send(
    _ actor: String, _ arguments: [String], to queue: String, with client: RawClient
  ) async throws {
    try await client.publish(
      texts: arguments.map { WireMessage(queue: queue, actor: actor, args: "[\"\($0)\"]").text }, to: queue)
  }

  /// F40: the graph commits, and the answer is lost. The driver repeats nothing; the message is run again, and finds its
  /// work done.
  @Test func aLostAnswerToCommitHasOneEffect() async throws {
    let url = try await TestBroker.url()
    let proxy = try GraphServer.proxy()
    defer { proxy.stop() }
    let connection = GraphConnection(
      source: .configuration(try GraphServer.configuration(port: proxy.port)), isLazy: false)
    let runs = Seen<String>()
    let errors = Seen<BoltError.Code>()
    try await GraphServer.withLabel { label in
      try await withQueue("graph") { queue, client in
        try await client.declareLikeDramatiq(queue)
        try await withWorker(url, .test(concurrency: 1)) { system in
          system.middleware = .graph(GraphDriver(connection))
          system.actor("merge", queue: queue) { (key: String) in
            guard let graph = try MessageContext.current?.graph else { return }
            let isFirst = runs.count == 0
            runs.add(key)
            do {
              try await graph.executeWrite { transaction in
                let query: Query = try "MERGE (e:\(label: label) {key: \(key)}) ON CREATE SET e.count = 1"
                try await transaction.run(query).consume()
                // From here on only COMMIT is to come, and no answer to it gets through.
                if isFirst { proxy.treat(.down) { $0.isStalled = true } }
              }
            } catch let error as BoltError {
              errors.add(error.code)
              throw error
            }
          }
        } _: { worker in
          try await Self.send("merge", ["once"], to: queue, with: client)
          try await eventually("it is committed") { try await GraphServer.counts(of: label) == ["once": 1] }
          #expect(runs.count == 1 && errors.count == 0, "the worker still waits for the answer")
          proxy.reset()
          proxy.heal()
          try await eventually("the message is run again") { runs.count >= 2 && worker.figures.processed >= 1 }
          #expect(errors.all == [.incompleteCommit])
          #expect(try await GraphServer.counts(of: label) == ["once": 1])
          let driver = try #require(connection.access?.driver)
          #expect(driver.transactionMetrics.ended[.unknown] == 1, "it is counted as what it is")
          try await eventually("nothing is in use") { driver.poolMetrics.allSatisfy { $0.inUse == 0 } }
        }
        #expect(try await client.takeAll(queue).isEmpty)
      }
    }
  }

  /// F47: no password goes to a server whose certificate is not believed; the worker ends, because starting it again
  /// would not help.
  @Test func anUntrustedCertificateEndsTheStart() async throws {
    var configuration = try GraphServer.configuration()
    configuration.uri.scheme = .boltSecure
    let logs = LogCapture()
    var system = ActorSystem(middleware: MiddlewareStack([GraphDriver(configuration)]))
    system.broker = .rabbitMQ(try .test(try await TestBroker.url()))
    system.actor("noop", queue: uniqueName("graph")) { (_: String) in }
    let worker = Worker(system: system, configuration: .test(), logger: logs.logger())
    let error = await #expect(throws: ActorSystemError.self) { try await worker.run() }
    #expect(error?.message.contains("TLS") == true, "\(String(describing: error))")
    #expect(worker.exit == .configuration)
    #expect(!logs.text.contains(GraphServer.password))
  }

  /// F47, with a server that demands TLS: by its authority it is believed, by `+ssc` too; plain text is turned away.
  @Test func aServerThatDemandsTLSIsServedByTLS() async throws {
    let url = try await TestBroker.url()
    let server = try PrivateGraph.reserve()
    try await server.start(tls: "required")
    do { try await demanding(server, url: url) } catch {
      await server.dispose()
      throw error
    }
    await server.dispose()
  }

  private func demanding(_ server: PrivateGraph, url: String) async throws {
    for scheme in [BoltURI.Scheme.boltSecure, .boltSelfSigned] {
      var configuration = try GraphServer.configuration(port: server.port)
      configuration.auth = .basic("root", password: "graphdb-test")
      configuration.database = "graph"
      configuration.uri.scheme = scheme
      if scheme == .boltSecure { configuration.trust = .certificateFiles([server.authority]) }
      let ran = Seen<String>()
      try await withQueue("graph") { queue, client in
        try await client.declareLikeDramatiq(queue)
        try await withWorker(url) { system in
          system.middleware = .graph(GraphDriver(configuration))
          system.actor("ask", queue: queue) { (key: String) in
            try await MessageContext.current?.graph.executeQuery("RETURN 1")
            ran.add(key)
          }
        } _: { _ in
          try await Self.send("ask", (0..<20).map { "\($0)" }, to: queue, with: client)
          try await eventually("all have run") { ran.count == 20 }
        }
      }
      configuration.uri.scheme = .bolt
      configuration.trust = .system
      try await GraphServer.withDriver(configuration) { driver in
        let error = await #expect(throws: BoltError.self) { try await driver.verifyConnectivity() }
        #expect([.serviceUnavailable, .protocolViolation].contains(error?.code), "\(String(describing: error))")
      }
    }
  }

  /// F48: a graph that lets a byte a second through, or takes connections and says nothing, is a graph that is down;
  /// other messages run on, and when it is itself again so is the worker.
  @Test(arguments: [true, false])
  func aGraphThatTricklesIsDown(_ trickles: Bool) async throws {
    let url = try await TestBroker.url()
    let proxy = try GraphServer.proxy()
    defer { proxy.stop() }
    proxy.treatBoth { treatment in
      if trickles { treatment.bytesPerSecond = 1 } else { treatment.isStalled = true }
    }
    let configuration = try GraphServer.configuration(port: proxy.port)
    let (ran, asked) = (Seen<String>(), Seen<String>())
    try await withQueue("graph") { queue, client in
      try await client.declareLikeDramatiq(queue)
      try await withWorker(url, waitsFor: .degraded) { system in
        system.middleware = .graph(GraphDriver(configuration, lazy: true))
        system.actor("noop", queue: queue) { (key: String) in ran.add(key) }
        system.actor("ask", queue: queue) { (key: String) in
          try await MessageContext.current?.graph.executeQuery("RETURN 1")
          asked.add(key)
        }
      } _: { worker in
        #expect(worker.status.reason.hasPrefix("graph: down: "))
        let keys = (0..<100).map { "\($0)" }
        try await Self.send("ask", Array(keys.prefix(10)), to: queue, with: client)
        try await Self.send("noop", keys, to: queue, with: client)
        try await eventually("the others run") { ran.count == 100 }
        #expect(asked.count == 0)
        proxy.heal()
        try await eventually("it is ready") { worker.status == (.consuming, "") }
        try await eventually("the rest has run") { Set(asked.all).count == 10 }
      }
    }
  }

  /// F48 in the middle of the work: an answer that trickles costs its own message only, whose time limit ends it.
  @Test func anAnswerThatTricklesCostsItsOwnMessage() async throws {
    let url = try await TestBroker.url()
    let proxy = try GraphServer.proxy()
    defer { proxy.stop() }
    let connection = GraphConnection(
      source: .configuration(try GraphServer.configuration(port: proxy.port)), isLazy: false)
    let (begun, done, ran) = (Seen<String>(), Seen<String>(), Seen<String>())
    try await withQueue("graph") { queue, client in
      try await client.declareLikeDramatiq(queue)
      try await withWorker(url) { system in
        system.middleware = .graph(GraphDriver(connection))
        system.actor("noop", queue: queue) { (key: String) in ran.add(key) }
        system.actor("ask", queue: queue, options: ActorOptions(timeLimit: .seconds(1))) { (key: String) in
          begun.add(key)
          try await MessageContext.current?.graph.executeQuery("UNWIND range(1, 1000) AS n RETURN n")
          done.add(key)
        }
      } _: { worker in
        proxy.treat(.down) { $0.bytesPerSecond = 20 }
        try await Self.send("ask", ["1", "2"], to: queue, with: client)
        try await eventually("they ask") { begun.count >= 2 }
        try await Self.send("noop", (0..<50).map { "\($0)" }, to: queue, with: client)
        try await eventually("the others run") { ran.count == 50 }
        try await eventually("their limit has ended them") { worker.figures.retried >= 2 }
        #expect(done.count == 0)
        proxy.heal()
        try await eventually("they have run") { Set(done.all).count == 2 }
        try await eventually("nothing is in use") { connection.access?.driver.poolMetrics.first?.inUse == 0 }
      }
    }
  }

  /// One connection a slot that is used: looking after the graph takes none beside, however long the worker runs.
  @Test func aBusySlotNeedsOneConnection() async throws {
    let url = try await TestBroker.url()
    var pace = GraphMonitor.Pace()
    pace.calm = .milliseconds(500)
    let connection = GraphConnection(
      source: .configuration(try GraphServer.configuration(slots: 1)), isLazy: false, pace: pace)
    let ran = Seen<String>()
    try await withQueue("graph") { queue, client in
      try await client.declareLikeDramatiq(queue)
      try await withWorker(url, .test(concurrency: 1)) { system in
        system.middleware = .graph(GraphDriver(connection))
        system.actor("ask", queue: queue) { (key: String) in
          guard let graph = try MessageContext.current?.graph else { return }
          let end = ContinuousClock.now + .seconds(3)
          try await graph.withSession { session in
            // A connection in use nearly always, over several looks.
            while ContinuousClock.now < end {
              try await session.executeRead { transaction in
                try await transaction.run("RETURN 1").consume()
                try await Task.sleep(for: .milliseconds(20))
              }
            }
          }
          ran.add(key)
        }
      } _: { worker in
        try await Self.send("ask", ["1"], to: queue, with: client)
        try await eventually("it has run") { ran.count == 1 }
        let pool = try #require(connection.access?.driver.poolMetrics.first)
        #expect(pool.created == 1)
        #expect(pool.acquired > 10)
        #expect(worker.status == (.consuming, ""))
      }
    }
  }
}
