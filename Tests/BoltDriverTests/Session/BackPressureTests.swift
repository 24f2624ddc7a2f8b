import Synchronization
import Testing

@testable import BoltDriver

/// A reader that is slower than the server: what it has not read yet stays with the server.
@Suite struct BackPressureTests {
  private static let recordSize = 256 * 1024
  private static let recordCount = 256  // 64 MiB in all.
  /// What the reader's side may have taken: what waits for it, and what both ends' sockets hold.
  private static let mostTaken = 32 * 1024 * 1024

  /// Serves 64 MiB of records to a query `LARGE`, whatever PULL asks for.
  private static func server() async throws -> ScriptedServer {
    let record = BoltValue.bytes([UInt8](repeating: 7, count: recordSize))
    let large = [ScriptedServer.Reply](repeating: .record([record]), count: recordCount)
    let isLarge = Lock(false)
    return try await ScriptedServer.start { request in
      switch request.kind {
      case .run:
        isLarge.withLock { $0 = request.fields.first == "LARGE" }
        return nil
      case .pull where isLarge.withLock({ $0 }): return large + [.success(["type": "r"])]
      default: return nil
      }
    }
  }

  /// Waits until the client takes no more of what the server has for it.
  private static func standstill(_ server: ScriptedServer) async throws -> Int {
    var before = -1
    var same = 0
    let deadline = ContinuousClock.now + .seconds(60)
    while same < 20 {
      guard ContinuousClock.now < deadline else { throw NotSoon(description: "the client takes no more: not within 60 s") }
      let now = await server.unsentBytes()
      same = now == before && now > 0 ? same + 1 : 0
      before = now
      try await Task.sleep(for: .milliseconds(10))
    }
    return before
  }

  @Test(arguments: [-1, 1000])
  func whatNobodyReadsStaysWithTheServer(_ fetchSize: Int) async throws {
    let server = try await Self.server()
    let driver = try server.driver { $0.fetchSize = fetchSize }
    try await driver.withSession { session in
      let result = try await session.run("LARGE")
      let left = try await Self.standstill(server)
      #expect(left > Self.recordSize * Self.recordCount - Self.mostTaken)
      var count = 0
      for try await record in result {
        guard try record.get(at: 0, as: [UInt8].self).count == Self.recordSize else { break }
        count += 1
      }
      #expect(count == Self.recordCount)
      #expect(await server.unsentBytes() == 0)
    }
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
    try await server.stop()
  }

  @Test func aReaderThatStopsHalfWayLeavesTheConnectionToOthers() async throws {
    let server = try await Self.server()
    let driver = try server.driver {
      $0.fetchSize = -1
      $0.maximumPoolSize = 1
    }
    try await driver.withSession { session in
      var iterator = try await session.run("LARGE").makeAsyncIterator()
      _ = try await iterator.next()
      _ = try await Self.standstill(server)
    }
    #expect(try await driver.executeQuery("SMALL").records.count == 1)
    #expect(server.connections == 1)
    await driver.close()
    try await server.stop()
  }

  @Test func aReaderThatIsCancelledLeavesTheConnectionToOthers() async throws {
    let server = try await Self.server()
    let driver = try server.driver {
      $0.fetchSize = -1
      $0.maximumPoolSize = 1
    }
    let isRead = Lock(false)
    let task = Task {
      try await driver.withSession { session in
        for try await _ in try await session.run("LARGE") {
          isRead.withLock { $0 = true }
          try await Task.sleep(for: .seconds(3600))
        }
      }
    }
    try await soon("it reads") { isRead.withLock { $0 } }
    _ = try await Self.standstill(server)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try await driver.executeQuery("SMALL").records.count == 1)
    #expect(driver.poolMetrics[0].inUse == 0)
    #expect(server.connections == 1, "what was held back was dropped, the connection reset")
    await driver.close()
    try await server.stop()
  }

  @Test func aSecondQueryDoesNotWaitBehindAReader() async throws {
    let server = try await Self.server()
    let driver = try server.driver { $0.fetchSize = -1 }
    try await driver.withSession { session in
      try await session.executeRead { transaction in
        var large = try await transaction.run("LARGE").makeAsyncIterator()
        _ = try await large.next()
        _ = try await Self.standstill(server)
        #expect(try await transaction.run("SMALL").collect().count == 1)
        var count = 1
        while try await large.next() != nil { count += 1 }
        #expect(count == Self.recordCount)
      }
      // The same outside a transaction: the session fetches all that is left of the first.
      let first = try await session.run("LARGE")
      _ = try await Self.standstill(server)
      #expect(try await session.run("SMALL").collect().count == 1)
      #expect(try await first.collect().count == Self.recordCount)
    }
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
    try await server.stop()
  }

  @Test func aServerThatEndsWhileItIsHeldBackIsALoss() async throws {
    let server = try await Self.server()
    let driver = try server.driver { $0.fetchSize = -1 }
    let error = await #expect(throws: BoltError.self) {
      try await driver.withSession { session in
        let result = try await session.run("LARGE")
        _ = try await Self.standstill(server)
        server.drop()
        _ = try await result.collect()
      }
    }
    #expect(error?.code == .serviceUnavailable)
    #expect(driver.poolMetrics[0].inUse == 0)
    #expect(try await driver.executeQuery("SMALL").records.count == 1)
    #expect(server.connections == 2)
    await driver.close()
    try await server.stop()
  }

  @Test func aServerThatIsHeldBackIsNotTakenForSilent() async throws {
    let record = BoltValue.bytes([UInt8](repeating: 7, count: Self.recordSize))
    let server = try await ScriptedServer.start { request in
      switch request.kind {
      case .hello: [.success(["server": "Neo4j/5.26.0", "hints": ["connection.recv_timeout_seconds": 1]])]
      case .pull: [ScriptedServer.Reply](repeating: .record([record]), count: Self.recordCount) + [.success([:])]
      default: nil
      }
    }
    let driver = try server.driver { $0.fetchSize = -1 }
    try await driver.withSession { session in
      let result = try await session.run("LARGE")
      _ = try await Self.standstill(server)
      // Twice what the server promised to be silent for at most.
      let end = ContinuousClock.now + .milliseconds(2500)
      try await soon("the time is over") { ContinuousClock.now > end }
      #expect(try await result.collect().count == Self.recordCount)
    }
    await driver.close()
    try await server.stop()
  }

  @Test func everythingAtOnceIsAllThereIs() async throws {
    let server = try await Self.server()
    let driver = try server.driver()
    #expect(try await driver.executeQuery("LARGE").records.count == Self.recordCount)
    await driver.close()
    try await server.stop()
  }
}
