import InMemoryTracing
import Synchronization
import Testing
import Tracing

@testable import BoltDriver

@Suite struct TracingTests {
  private let tracer = InMemoryTracer()

  private func driver(
    of server: ScriptedServer, text: Bool = false, _ change: (inout DriverConfiguration) -> Void = { _ in }
  ) throws -> Driver {
    try server.driver { configuration in
      configuration.database = "graph"
      configuration.tracing = TracingConfiguration(tracer: tracer, recordsQueryText: text)
      change(&configuration)
    }
  }

  @Test func aQueryIsOneSpanOfTheTaskThatAsks() async throws {
    let server = try await ScriptedServer.start()
    let driver = try driver(of: server)
    try await tracer.withSpan("work") { work in
      _ = try await driver.executeQuery("RETURN \("s3cret") AS x")
      #expect(try tracer.span("executeQuery graph").parentSpanID == work.spanID)
    }
    let span = try tracer.span("executeQuery graph")
    #expect(span.kind == .client && span.status == nil && span.errors.isEmpty)
    #expect(
      span.values == [
        "db.system.name": "neo4j", "db.operation.name": "executeQuery", "db.namespace": "graph",
        "server.address": "127.0.0.1", "server.port": "\(server.address.port)",
      ])
    #expect(tracer.names == ["executeQuery graph", "work"] && tracer.activeSpans.isEmpty)
    await driver.close()
  }

  @Test func theTextIsToldWhenThatIsWantedAndParametersNever() async throws {
    let server = try await ScriptedServer.start { $0.kind == .run ? [.failure("Neo.ClientError.X.Y", "s3cret")] : nil }
    let driver = try driver(of: server, text: true)
    await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN \("s3cret") AS x") }
    await #expect(throws: BoltError.self) {
      try await driver.withSession { try await $0.run(Query("RETURN $p", parameters: ["p": "s3cret"])) }
    }
    #expect(try tracer.span("run graph").values["db.query.text"] == "RETURN $p")
    let text = try #require(try tracer.span("executeQuery graph").values["db.query.text"])
    #expect(text.hasPrefix("RETURN $"))
    for span in tracer.finishedSpans {
      #expect(!span.values.values.contains { $0.contains("s3cret") } && span.status?.message == "Neo.ClientError.X.Y")
      #expect(span.events.isEmpty && span.errors.isEmpty)
    }
    await driver.close()
  }

  @Test func anErrorIsToldByItsCode() async throws {
    let server = try await ScriptedServer.start { request in
      request.fields.first == "BAD" ? [.failure("Neo.ClientError.Statement.SyntaxError")] : nil
    }
    let driver = try driver(of: server)
    await #expect(throws: BoltError.self) { try await driver.withSession { try await $0.run("BAD") } }
    let span = try tracer.span("run graph")
    #expect(span.status == SpanStatus(code: .error, message: "Neo.ClientError.Statement.SyntaxError"))
    #expect(span.values["error.type"] == "Neo.ClientError.Statement.SyntaxError")
    #expect(span.values["db.response.status_code"] == "Neo.ClientError.Statement.SyntaxError")
    await driver.close()
    // The driver's own errors are no answer of the server.
    await #expect(throws: BoltError.self) { try await driver.executeQuery("RETURN 1") }
    let refused = try tracer.span("executeQuery graph").values
    #expect(refused["error.type"] == "Closed" && refused["db.response.status_code"] == nil)
    #expect(refused["server.address"] == nil && tracer.activeSpans.isEmpty)
  }

  @Test func theSpanOfAResultEndsWithTheServersLastWord() async throws {
    let pages = Lock(0)
    let server = try await ScriptedServer.start { request in
      guard request.kind == .pull else { return nil }
      let page = pages.withLock { count in
        count += 1
        return count
      }
      return [.record([.int(Int64(page))]), .success(page < 3 ? ["has_more": true] : [:])]
    }
    let driver = try driver(of: server) { $0.fetchSize = 1 }
    try await driver.withSession { session in
      let result = try await session.run("RETURN 1")
      _ = try await result.next()
      _ = try await result.next()
      #expect(tracer.finishedSpans.isEmpty && tracer.activeSpans.count == 1)
      // The third page is the last: it is here before its record is taken.
      _ = try await result.peek()
      let ended = try tracer.span("run graph").endInstant.nanosecondsSinceEpoch
      #expect(try await result.next() != nil)
      #expect(try await result.next() == nil)
      try await result.consume()
      #expect(try tracer.span("run graph").endInstant.nanosecondsSinceEpoch == ended)
    }
    await driver.close()
  }

  @Test func attemptsArePartsOfTheManagedTransactionAndQueriesOfTheAttempts() async throws {
    let runs = Lock(0)
    let server = try await ScriptedServer.start { request in
      guard request.kind == .run else { return nil }
      let number = runs.withLock { count in
        count += 1
        return count
      }
      return number == 1 ? [.failure("Neo.TransientError.Transaction.DeadlockDetected")] : nil
    }
    let driver = try driver(of: server) { $0.maximumRetryTime = .seconds(30) }
    try await driver.executeWrite { transaction in
      try await transaction.run("CREATE ()")
      try await tracer.withSpan("inner") { _ in _ = try await transaction.run("RETURN 1") }
    }
    let whole = try tracer.span("executeWrite graph")
    let attempts = tracer.finishedSpans.filter { $0.operationName == "transaction graph" }
    #expect(attempts.map(\.parentSpanID) == [whole.spanID, whole.spanID])
    #expect(attempts.map { $0.values["neo4j.transaction.attempt"] } == ["1", "2"])
    #expect(attempts.map { $0.values["neo4j.transaction.outcome"] } == ["failed", "committed"])
    #expect(attempts.map { $0.status?.code } == [.error, nil] && whole.status == nil)
    #expect(whole.events.map(\.name) == ["retry"])
    let queries = tracer.finishedSpans.filter { $0.operationName == "run graph" }
    let inner = try tracer.span("inner")
    #expect(queries.map(\.parentSpanID) == [attempts[0].spanID, attempts[1].spanID, inner.spanID])
    #expect(inner.parentSpanID == attempts[1].spanID)
    #expect(queries[0].values["error.type"] == "Neo.TransientError.Transaction.DeadlockDetected")
    #expect(tracer.activeSpans.isEmpty)
    await driver.close()
  }

  @Test func aTransactionOfTheProgramsOwnHasItsQueriesUnderIt() async throws {
    struct Oops: Error {}
    let server = try await ScriptedServer.start()
    let driver = try driver(of: server)
    try await driver.withSession { session in
      let transaction = try await session.beginTransaction()
      try await transaction.run("RETURN 1").consume()
      try await transaction.rollback()
      await #expect(throws: Oops.self) { try await session.withTransaction { _ in throw Oops() } }
    }
    let transactions = tracer.finishedSpans.filter { $0.operationName == "transaction graph" }
    #expect(try tracer.span("run graph").parentSpanID == transactions.first?.spanID)
    // To roll back is no failure of the graph.
    #expect(transactions.map(\.status) == [nil, nil])
    #expect(transactions.map { $0.values["neo4j.transaction.outcome"] } == ["rolled_back", "rolled_back"])
    await driver.close()
  }

  @Test func aCommitThatIsRefusedEndsTheTransaction() async throws {
    let server = try await ScriptedServer.start { $0.kind == .commit ? [.close] : nil }
    let driver = try driver(of: server)
    try await driver.withSession { session in
      let transaction = try await session.beginTransaction()
      try await transaction.run("CREATE ()").consume()
      await #expect(throws: BoltError.self) { try await transaction.commit() }
      let span = try tracer.span("transaction graph")
      #expect(span.values["error.type"] == "IncompleteCommit" && span.values["neo4j.transaction.outcome"] == "unknown")
    }
    await driver.close()
  }

  @Test(arguments: [BoltRequest.Kind.run, .pull, .begin, .commit])
  func cancellingEndsEverySpan(_ silent: BoltRequest.Kind) async throws {
    let server = try await ScriptedServer.start { $0.kind == silent ? [] : nil }
    let driver = try driver(of: server) { $0.pipelining = .standard }
    let works: [@Sendable () async throws -> Void] = [
      { _ = try await driver.executeQuery("RETURN 1") },
      { try await driver.withSession { _ = try await $0.run("RETURN 1").collect() } },
      { try await driver.executeWrite { _ = try await $0.run("RETURN 1").collect() } },
      { try await driver.withSession { try await $0.withTransaction { _ = try await $0.run("RETURN 1").collect() } } },
    ]
    for (number, work) in works.enumerated() {
      let before = server.requests(silent).count
      let task = Task { try await work() }
      if number == 1, silent == .begin || silent == .commit {
        // Auto-commit sends neither.
        try await task.value
      } else {
        try await soon("the request came") { server.requests(silent).count > before }
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
      }
      #expect(tracer.activeSpans.isEmpty, "\(number): \(tracer.activeSpans.map(\.operationName))")
      let failed = tracer.popFinishedSpans().filter { $0.status?.code == .error }
      #expect(failed.allSatisfy { ["CancellationError", "IncompleteCommit"].contains($0.values["error.type"]) })
    }
    await driver.close()
  }

  @Test func theMemberThatDidItIsNamedAndTheHomeDatabaseToo() async throws {
    let cluster = try await ScriptedCluster.start(
      ScriptedCluster.Layout(routers: [0], readers: [1], writers: [2]), count: 3)
    let driver = try cluster.driver { $0.tracing.tracer = tracer }
    try await driver.executeQuery("CREATE ()")
    let values = try tracer.span("executeQuery").values
    #expect(values["server.port"] == "\(cluster.servers[2].address.port)" && values["db.namespace"] == "home")
    await driver.close()
  }

  @Test func nobodyPaysForSpansThatNobodyMakes() throws {
    var configuration = try DriverConfiguration("bolt://localhost")
    #expect(DriverInstruments(configuration).begin(.run, database: nil) == nil)
    configuration.tracing = TracingConfiguration(isEnabled: false, tracer: tracer)
    #expect(DriverInstruments(configuration).begin(.run, database: nil) == nil)
  }
}
