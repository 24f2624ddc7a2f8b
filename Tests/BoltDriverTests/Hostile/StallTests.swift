import NIOCore
import NIOPosix
import Testing

@testable import BoltDriver

/// A server that stops answering, RESET included, and what its callers can do: cancel.
@Suite("A server that stalls")
struct StallTests {
  /// What a caller does when it is cancelled.
  enum Work: CaseIterable {
    case query
    case autoCommit
    case discard
    case managed
    case explicit
    case rollback
    case verify

    /// The steps at which the server may stop answering.
    var steps: [BoltRequest.Kind] {
      switch self {
      case .query, .managed, .explicit: [.hello, .logon, .begin, .run, .pull, .commit]
      case .autoCommit: [.hello, .logon, .run, .pull]
      case .discard: [.run, .pull, .discard]
      case .rollback: [.begin, .run, .pull, .rollback]
      case .verify: [.hello, .logon, .reset]
      }
    }

    func run(_ driver: Driver) async throws {
      switch self {
      case .query: try await driver.executeQuery("MATCH")
      case .autoCommit: try await driver.withSession { _ = try await $0.run("MATCH").collect() }
      case .discard: try await driver.withSession { try await $0.run("MATCH").consume() }
      case .managed: try await driver.executeWrite { _ = try await $0.run("MATCH").collect() }
      case .explicit:
        try await driver.withSession { session in
          let transaction = try await session.beginTransaction()
          _ = try await transaction.run("MATCH").collect()
          try await transaction.commit()
        }
      case .rollback:
        try await driver.withSession { session in
          let transaction = try await session.beginTransaction()
          _ = try await transaction.run("MATCH").collect()
          try await transaction.rollback()
        }
      case .verify:
        // A connection that has just been made is proof enough; one from the pool is asked.
        try await driver.verifyConnectivity()
        try await driver.verifyConnectivity()
      }
    }
  }

  @Test("is left by whoever is cancelled, at every step, and no connection stays in use", arguments: Work.allCases)
  func cancelled(_ work: Work) async throws {
    for step in work.steps {
      for answersReset in [true, false] {
        if step == .reset, answersReset { continue }
        let server = try await ScriptedServer.start { request in
          switch request.kind {
          case step: []
          case .reset where !answersReset: []
          case .pull where work == .discard: [.record([1]), .success(["has_more": true])]
          default: nil
          }
        }
        let driver = try server.driver { configuration in
          configuration.maximumPoolSize = 1
          configuration.fetchSize = 1
          // A reset may take half of it.
          configuration.acquisitionTimeout = .milliseconds(400)
        }
        let task = Task { try await work.run(driver) }
        try await soon("\(step) arrives") { server.requests.contains(step) }
        task.cancel()
        let result = await task.result
        #expect(throws: (any Error).self) { try result.get() }
        if case .failure(let error as BoltError) = result {
          // At HELLO the acquisition may time out before the cancellation is heard.
          let possible: [BoltError.Code] = [.incompleteCommit, .poolTimeout, .connectTimeout, .serviceUnavailable]
          #expect(possible.contains(error.code), "\(work) at \(step): \(error)")
          #expect(error.code != .incompleteCommit || step == .commit, "\(work) at \(step)")
        }
        try await soon("nothing is in use after \(step)") {
          let pool = driver.poolMetrics[0]
          return pool.inUse == 0 && pool.creating == 0 && pool.waiting == 0
        }
        // Where RESET is answered the connection serves the next one; otherwise it is closed.
        if !answersReset, step != .hello, step != .logon { #expect(driver.poolMetrics[0].idle == 0) }
        await driver.close()
        let pool = driver.poolMetrics[0]
        #expect(pool.created == pool.closedInAll && pool.idle == 0)
        try await server.stop()
      }
    }
  }

  @Test("is left by whoever waits for a connection that another one holds")
  func whileWaiting() async throws {
    let server = try await ScriptedServer.start { $0.kind == .run ? [] : nil }
    let driver = try server.driver { $0.maximumPoolSize = 1 }
    let holder = Task { try await driver.executeQuery("MATCH") }
    try await soon("RUN arrives") { server.requests.contains(.run) }
    let waiters = (0..<50).map { _ in Task { try await driver.executeQuery("MATCH") } }
    try await soon("they wait") { driver.poolMetrics[0].waiting == 50 }
    for waiter in waiters { waiter.cancel() }
    for waiter in waiters { await #expect(throws: CancellationError.self) { try await waiter.value } }
    #expect(driver.poolMetrics[0].waiting == 0)
    holder.cancel()
    await #expect(throws: CancellationError.self) { try await holder.value }
    try await soon("nothing is in use") { driver.poolMetrics[0].inUse == 0 }
    await driver.close()
    try await server.stop()
  }

  @Test("does not keep the driver from closing, and whoever waits hears of it")
  func closed() async throws {
    let server = try await ScriptedServer.start { [.run, .reset].contains($0.kind) ? [] : nil }
    let driver = try server.driver()
    let tasks = (0..<5).map { _ in Task { try await driver.executeQuery("MATCH") } }
    try await soon("all ask") { server.requests(.run).count == 5 }
    await driver.close()
    for task in tasks {
      let error = await #expect(throws: BoltError.self) { try await task.value }
      #expect(error?.code == .closed, "\(String(describing: error))")
    }
    #expect(driver.poolMetrics[0].inUse == 0)
    try await server.stop()
  }

  @Test("before the answer to COMMIT, and is then cut off, leaves the commit in doubt")
  func commitInDoubt() async throws {
    let server = try await ScriptedServer.start { $0.kind == .commit ? [] : nil }
    let driver = try server.driver { $0.maximumRetryTime = .seconds(30) }
    let task = Task { try await driver.executeWrite { try await $0.run("CREATE ()").consume() } }
    try await soon("COMMIT arrives") { server.requests.contains(.commit) }
    await driver.close()
    let error = await #expect(throws: BoltError.self) { try await task.value }
    #expect(error?.code == .incompleteCommit)
    #expect(server.requests(.commit).count == 1)
    try await server.stop()
  }
}
