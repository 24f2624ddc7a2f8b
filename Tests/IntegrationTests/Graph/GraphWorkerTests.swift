import Actors
import BoltDriver
import Dispatch
import Middleware
import Synchronization
import TestSupport
import Testing

/// Actors and the graph, with a worker in this process.
@Suite(.serialized) struct GraphWorkerTests {
  private static func send(
    _ actor: String, _ arguments: [String], to queue: String, with client: RawClient
  ) async throws {
    try await client.publish(
      texts: arguments.map { WireMessage(queue: queue, actor: actor, args: "[\"\($0)\"]").text }, to: queue)
  }

  /// The conflict of event loops that drivers of other languages know cannot occur: whoever runs the actor, and however
  /// it waits, the connections belong to the process.
  @Test func everyKindOfActorSharesTheDriver() async throws {
    let url = try await TestBroker.url()
    let connection = GraphConnection(source: .configuration(try GraphServer.configuration()), isLazy: false)
    let ran = Seen<String>()
    try await withQueue("graph") { queue, client in
      try await client.declareLikeDramatiq(queue)
      try await withWorker(url) { system in
        system.middleware = .graph(GraphDriver(connection))
        system.actor("async", queue: queue) { (key: String) in
          try await Graph.current?.executeQuery("RETURN 1")
          ran.add(key)
        }
        system.actor("children", queue: queue) { (key: String) in
          try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<3 { group.addTask { try await Graph.current?.executeQuery("RETURN \(number)") } }
            try await group.waitForAll()
          }
          async let one = Graph.current?.executeQuery("RETURN 1")
          _ = try await one
          _ = try await Task { try await Graph.current?.executeQuery("RETURN 2") }.value
          ran.add(key)
        }
        system.actor("blocking", queue: queue) { (key: String) in
          // Holds its thread until the answer is there, as code does that knows nothing of `async`.
          let done = DispatchSemaphore(value: 0)
          Task {
            defer { done.signal() }
            _ = try? await Graph.current?.executeQuery("RETURN 1")
            ran.add(key)
          }
          Self.wait(for: done)
        }
      } _: { worker in
        let keys = (0..<100).map { "\($0)" }
        for actor in ["async", "children", "blocking"] {
          try await Self.send(actor, keys.map { "\(actor) \($0)" }, to: queue, with: client)
        }
        try await eventually("all have run") { ran.count == 300 }
        #expect(Set(ran.all).count == 300)
        let pool = try #require(connection.access?.driver.poolMetrics.first)
        #expect(pool.created <= 10, "slots and two more, never one a message")
        #expect(pool.acquired >= 700)
        try await eventually("nothing is in use") {
          connection.access?.driver.poolMetrics.allSatisfy { $0.inUse == 0 } ?? false
        }
      }
    }
    #expect(connection.access == nil, "closed after the drain")
  }

  private static func wait(for semaphore: DispatchSemaphore) { semaphore.wait() }

  /// F37, and back again: messages that need the graph are retried, the others run on, and nobody restarts anything.
  @Test func whileTheGraphIsDownOthersRunOn() async throws {
    let url = try await TestBroker.url()
    let proxy = try GraphServer.proxy()
    defer { proxy.stop() }
    proxy.refuseNew()
    let configuration = try GraphServer.configuration(port: proxy.port)
    let ran = Seen<String>()
    try await GraphServer.withLabel { label in
      try await withQueue("graph") { queue, client in
        try await client.declareLikeDramatiq(queue)
        try await withWorker(url, waitsFor: .degraded) { system in
          system.middleware = .graph(GraphDriver(configuration, lazy: true))
          system.actor("noop", queue: queue) { (key: String) in ran.add(key) }
          system.actor("merge", queue: queue) { (key: String) in
            guard let graph = try MessageContext.current?.graph else { return }
            try await GraphServer.merge(key, label: label, in: graph)
          }
        } _: { worker in
          #expect(worker.status.reason.hasPrefix("graph: down: "))
          #expect(worker.healthReport(slot: 0).response(to: "/readyz").status == 503)
          #expect(worker.healthReport(slot: 0).response(to: "/healthz").status == 200)
          let keys = (0..<40).map { "\($0)" }
          try await Self.send("merge", keys, to: queue, with: client)
          try await Self.send("noop", (0..<400).map { "\($0)" }, to: queue, with: client)
          try await eventually("the others run") { ran.count == 400 }
          #expect(try await GraphServer.counts(of: label).isEmpty)
          #expect(worker.figures.retried > 0)
          proxy.heal()
          try await eventually("it is ready") { worker.status == (.consuming, "") }
          try await eventually("the rest has run") {
            try await GraphServer.counts(of: label) == Dictionary(uniqueKeysWithValues: keys.map { ($0, 1) })
          }
        }
      }
    }
  }

  /// F38: the server is killed while transactions are under way.
  @Test func aKilledServerLosesNothing() async throws {
    let url = try await TestBroker.url()
    let server = try PrivateGraph.reserve()
    try await server.start()
    do { try await killed(server, url: url) } catch {
      await server.dispose()
      throw error
    }
    await server.dispose()
  }

  private func killed(_ server: PrivateGraph, url: String) async throws {
    var configuration = try GraphServer.configuration(port: server.port)
    configuration.auth = .basic("root", password: "graphdb-test")
    configuration.database = "graph"
    let connection = GraphConnection(source: .configuration(configuration), isLazy: false)
    try await GraphServer.withLabel(on: configuration) { label in
      try await withQueue("graph") { queue, client in
        try await client.declareLikeDramatiq(queue)
        let ran = Seen<String>()
        try await withWorker(url) { system in
          system.middleware = .graph(GraphDriver(connection))
          system.actor("merge", queue: queue) { (key: String) in
            guard let graph = try MessageContext.current?.graph else { return }
            try await GraphServer.merge(key, label: label, in: graph)
            ran.add(key)
          }
        } _: { worker in
          let keys = (0..<600).map { "\($0)" }
          try await Self.send("merge", keys, to: queue, with: client)
          try await eventually("some have run") { ran.count >= 50 }
          try await server.kill()
          try await eventually("it is seen") { worker.status.state == .degraded }
          try await server.start()
          try await eventually("all have run") { Set(ran.all).count == keys.count }
          try await eventually("it is ready") { worker.status == (.consuming, "") }
          let pool = try #require(connection.access?.driver.poolMetrics.first)
          #expect(pool.inUse == 0 && pool.waiting == 0)
          #expect((pool.closed[.error] ?? 0) > 0, "broken connections are not pooled")
        }
        #expect(try await client.takeAll(queue).isEmpty)
      }
    }
  }

  /// F39: the server holds its connections and answers nothing.
  @Test func aFrozenGraphIsNoticed() async throws {
    let url = try await TestBroker.url()
    let proxy = try GraphServer.proxy()
    defer { proxy.stop() }
    let configuration = try GraphServer.configuration(port: proxy.port)
    try await withQueue("graph") { queue, client in
      try await client.declareLikeDramatiq(queue)
      let ran = Seen<String>()
      try await withWorker(url) { system in
        system.middleware = .graph(GraphDriver(configuration))
        system.actor("ask", queue: queue) { (key: String) in
          try await MessageContext.current?.graph.executeQuery("RETURN 1")
          ran.add(key)
        }
      } _: { worker in
        proxy.treatBoth { $0.isStalled = true }
        try await eventually("it is seen") { worker.status.state == .degraded }
        #expect(worker.status.reason.contains("no answer within"))
        try await Self.send("ask", ["1", "2", "3"], to: queue, with: client)
        try await eventually("they are put off") { worker.figures.retried >= 3 }
        proxy.heal()
        proxy.reset()
        try await eventually("it is ready") { worker.status == (.consuming, "") }
        try await eventually("they run") { Set(ran.all).count == 3 }
      }
    }
  }

  /// F43: many more messages than connections.
  @Test func aSmallPoolServesEverybody() async throws {
    let url = try await TestBroker.url()
    var configuration = try GraphServer.configuration()
    configuration.maximumPoolSize = 2
    let connection = GraphConnection(source: .configuration(configuration), isLazy: false)
    try await withQueue("graph") { queue, client in
      try await client.declareLikeDramatiq(queue)
      let ran = Seen<String>()
      try await withWorker(url, .test(concurrency: 32)) { system in
        system.middleware = .graph(GraphDriver(connection))
        system.actor("hold", queue: queue) { (key: String) in
          try await Graph.current?.executeRead { transaction in
            try await transaction.run("RETURN 1").consume()
            try await Task.sleep(for: .milliseconds(10))
          }
          ran.add(key)
        }
      } _: { worker in
        try await Self.send("hold", (0..<200).map { "\($0)" }, to: queue, with: client)
        try await eventually("all have run") { ran.count == 200 }
        let pool = try #require(connection.access?.driver.poolMetrics.first)
        #expect(pool.created <= 2 && pool.timeouts == 0)
        #expect(pool.acquireTime.maximum > .milliseconds(10), "they have waited for each other")
        #expect(worker.figures.failed == 0)
      }
    }
  }
}
