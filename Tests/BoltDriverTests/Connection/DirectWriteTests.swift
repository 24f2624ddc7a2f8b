import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import BoltDriver

/// Requests on a plain connection with nothing open are written by whoever makes them.
@Suite("A request that is written directly")
struct DirectWriteTests {
  /// Keeps the only event loop of a group busy until it is let go.
  private final class Obstacle: Sendable {
    private let isInTheWay = Atomic(false)
    private let isGone = Atomic(false)

    /// Blocks the loop; returns when it is blocked. It does not stay so for more than some seconds, whatever happens.
    func block(_ group: MultiThreadedEventLoopGroup) async throws {
      group.next().execute { [self] in
        isInTheWay.store(true, ordering: .releasing)
        let deadline = ContinuousClock.now + .seconds(30)
        while !isGone.load(ordering: .acquiring), .now < deadline { usleep(500) }
      }
      try await soon("the loop is blocked") { isInTheWay.load(ordering: .acquiring) }
    }

    func remove() { isGone.store(true, ordering: .releasing) }
  }

  /// Runs `body` with a driver whose one event loop is blocked, after a first query that is answered.
  private func withBlockedLoop(
    _ behave: @escaping ScriptedServer.Behaviour = { _ in nil },
    _ body: (ScriptedServer, Driver, Obstacle) async throws -> Void
  ) async throws {
    let server = try await ScriptedServer.start(behave)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let configuration = try server.driver().configuration
    let driver = try Driver(configuration, eventLoopGroup: group)
    let obstacle = Obstacle()
    try await driver.executeQuery("FIRST", accessMode: .read)
    try await soon("the connection is back") { driver.poolMetrics[0].idle == 1 }
    try await obstacle.block(group)
    do { try await body(server, driver, obstacle) } catch {
      obstacle.remove()
      throw error
    }
    obstacle.remove()
    await driver.close()
    try await group.shutdownGracefully()
    try await server.stop()
  }

  @Test("reaches the server without the event loop")
  func withoutTheLoop() async throws {
    try await withBlockedLoop { server, driver, obstacle in
      async let answer = driver.executeQuery("SECOND", accessMode: .read)
      try await soon("the query arrives") { server.requests(.run).count == 2 }
      obstacle.remove()
      #expect(try await answer.records.count == 1)
    }
  }

  @Test("goes behind no earlier one, and the answers find whoever asked")
  func inOrder() async throws {
    try await withBlockedLoop { server, driver, obstacle in
      obstacle.remove()
      try await driver.withSession { session in
        for number in 0..<200 {
          let transaction = try await session.beginTransaction()
          async let first = transaction.run("RETURN \(number)").collect()
          async let second = transaction.run("RETURN \(number)").collect()
          #expect(try await first.count == 1)
          #expect(try await second.count == 1)
          try await transaction.commit()
        }
      }
      #expect(server.requests(.commit).count == 201)
    }
  }

  @Test("fails when the server hangs up before the event loop has heard of it")
  func hungUp() async throws {
    try await withBlockedLoop({ request in
      guard request.kind == .run, request.fields.first == "SECOND" else { return nil }
      return [.close]
    }) { server, driver, obstacle in
      let task = Task { try await driver.executeQuery("SECOND", accessMode: .read) }
      try await soon("the query arrives") { server.requests(.run).count == 2 }
      obstacle.remove()
      let error = await #expect(throws: BoltError.self) { try await task.value }
      #expect(error?.code == .serviceUnavailable)
      #expect(driver.poolMetrics[0].inUse == 0)
    }
  }

  @Test("fails when the driver is closed before the event loop has heard of it")
  func closedMeanwhile() async throws {
    try await withBlockedLoop({ request in
      request.kind == .run && request.fields.first == "SECOND" ? [] : nil
    }) { server, driver, obstacle in
      let task = Task { try await driver.executeQuery("SECOND", accessMode: .read) }
      try await soon("the query arrives") { server.requests(.run).count == 2 }
      let closing = Task { await driver.close() }
      try await soon("it closes") { driver.poolMetrics[0].inUse == 0 }
      obstacle.remove()
      let error = await #expect(throws: BoltError.self) { try await task.value }
      #expect(error?.code == .closed)
      await closing.value
    }
  }

  @Test("and does not fit into the socket is sent as a whole all the same")
  func larger() async throws {
    let server = try await ScriptedServer.start()
    let driver = try server.driver()
    let text = String(repeating: "graph", count: 4_000_000)
    for _ in 0..<3 {
      let result = try await driver.executeQuery(Query("RETURN $text", parameters: ["text": .string(text)]))
      #expect(result.records.count == 1)
    }
    let sent = server.requests(.run).map { $0.fields[1] }
    #expect(sent.count == 3)
    for parameters in sent { #expect(parameters == .map(["text": .string(text)])) }
    await driver.close()
    try await server.stop()
  }

  @Test("to a server that takes nothing more fails after the time for that, and the driver closes")
  func stuck() async throws {
    let server = try await ScriptedServer.start { request in
      request.kind == .run && request.fields.first == "DEAF" ? [.deaf] : nil
    }
    let driver = try server.driver { $0.connectTimeout = .milliseconds(400) }
    try await driver.executeQuery("FIRST")
    let text = String(repeating: "graph", count: 8_000_000)
    let error = await #expect(throws: BoltError.self) {
      try await driver.withSession { session in
        let transaction = try await session.beginTransaction()
        async let deaf = transaction.run("DEAF").consume()
        try await soon("the server is deaf") { server.requests(.run).count == 2 }
        _ = try await transaction.run(Query("RETURN $text", parameters: ["text": .string(text)])).consume()
        _ = try await deaf
      }
    }
    #expect(error?.code == .serviceUnavailable, "\(String(describing: error))")
    await driver.close()
    #expect(driver.poolMetrics[0].inUse == 0)
    try await server.stop()
  }

  @Test("counts for the silence that the server promised not to keep")
  func silence() async throws {
    let server = try await ScriptedServer.start { request in
      switch request.kind {
      case .hello:
        [.success(["server": "Neo4j/5.26.0", "hints": ["connection.recv_timeout_seconds": 1]])]
      case .run where request.fields.first == "HANG": []
      default: nil
      }
    }
    let driver = try server.driver()
    for _ in 0..<3 { try await driver.executeQuery("FIRST", accessMode: .read) }
    let start = ContinuousClock.now
    let error = await #expect(throws: BoltError.self) { try await driver.executeQuery("HANG", accessMode: .read) }
    #expect(error?.code == .serviceUnavailable)
    #expect(error?.message.contains("silent") == true)
    #expect(ContinuousClock.now - start >= .seconds(1))
    await driver.close()
    try await server.stop()
  }
}
