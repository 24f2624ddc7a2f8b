import Actors
import BoltDriver
import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import actorctl

/// Several worker processes and their graph connections, as an operator sees them.
@Suite(.serialized) struct GraphFleetTests {
  private static func actorctl(
    _ arguments: [String], _ environment: [String: String?] = [:]
  ) async throws
    -> CommandResult
  {
    try await run(ProjectLayout.product("actorctl"), ["graph"] + arguments, environment: environment)
  }

  /// The lines of the table of `graph pool`, without the head, as words.
  private static func rows(_ result: CommandResult) -> [[String]] {
    result.output.split(separator: "\n").dropFirst().map { $0.split(separator: " ").map(String.init) }
  }

  @Test func theFleetIsOneTable() async throws {
    try await GraphServer.withLabel { label in
      try await withWorkerProcess("graph-fleet") { worker, client in
        let environment = try GraphServer.environment().merging(["TEST_GRAPH": "eager", "TEST_LABEL": label]) { $1 }
        let fleet = try worker.supervise(
          ["--processes", "2", "--concurrency", "4", "--health", ":0"], environment: environment)
        try await eventually("both consume") { worker.consumers == 2 }
        for key in 0..<200 { try await worker.send("merge", key, with: client) }
        try await eventually("all have run") { try worker.journal.runs.count == 200 }
        #expect(try await GraphServer.counts(of: label).values.reduce(0, +) == 200)

        let state = "\(worker.folder)/state"
        try await eventually("the table tells of all of them") {
          let rows = Self.rows(try await Self.actorctl(["pool", "--state-dir", state]))
          guard rows.count == 3, let all = rows.last, all.first == "all" else { return false }
          // WORKER PID STATE USED IDLE MAX …; the last line has no PID and no STATE.
          return rows[0][2] == "up" && rows[1][2] == "up" && all[3] == "12" && (Int(all[5]) ?? 0) >= 200
        }
        let port = try await eventually("the port") {
          fleet.output.firstMatch(of: /"port":"(\d+)"/).flatMap { Int($0.1) }
        }
        let byPort = Self.rows(try await Self.actorctl(["pool", "--health", ":\(port)"]))
        #expect(byPort.count == 3)
        let json = try await Self.actorctl(["pool", "--health", ":\(port)", "-o", "json"])
        #expect(json.output.contains(#""schema":"actorctl.graph.pool/1""#))

        let page = try await offPool { try HealthClient.page("/metrics", at: ":\(port)") }
        let metrics = String(decoding: try #require(page), as: UTF8.self)
        for process in ["0", "1"] {
          #expect(metrics.contains(#"worker="\#(process)""#))
        }
        for name in ["neo4j_pool_connections{", "neo4j_transactions_total{", "actor_messages_processed_total{"] {
          #expect(metrics.contains(name), "\(name)")
        }
        fleet.signal(SIGTERM)
        #expect(try await fleet.waitForExit() == .code(0), "\(fleet.output.suffix(2_000))")
        #expect(fleet.output.components(separatedBy: "closed the graph driver").count == 3)
        #expect(!fleet.output.contains(GraphServer.password))
        #expect(try await Self.actorctl(["pool", "--state-dir", state]).exit == .code(66))
        await fleet.end()
      }
    }
  }

  @Test func aWrongPasswordEndsTheFleet() async throws {
    try await withWorkerProcess("graph-fleet") { worker, client in
      var environment = try GraphServer.environment().merging(["TEST_GRAPH": "eager"]) { $1 }
      environment["BOLT_PASSWORD"] = "wrong-s3cret"
      let fleet = try worker.supervise(["--processes", "2"], environment: environment)
      #expect(try await fleet.waitForExit() == .code(78), "\(fleet.output.suffix(2_000))")
      #expect(fleet.output.contains("Unauthorized"))
      #expect(!fleet.output.contains("s3cret"))
      await fleet.end()
    }
  }

  @Test func commandsTellWhatIsWrongByTheirCode() async throws {
    let good: [String: String?] = try GraphServer.environment()
    let ping = try await Self.actorctl(["ping"], good)
    #expect(ping.exit == .code(0) && ping.output.hasPrefix("ok  bolt://"))
    let refused = try await Self.actorctl(["ping"], good.merging(["BOLT_PASSWORD": "wrong-s3cret"]) { $1 })
    #expect(refused.exit == .code(77) && !refused.output.contains("s3cret"))
    #expect(
      try await Self.actorctl(["ping"], good.merging(["BOLT_URL": "bolt://127.0.0.1:1"]) { $1 }).exit == .code(69))
    #expect(try await Self.actorctl(["ping"], good.merging(["BOLT_URL": "nonsense"]) { $1 }).exit == .code(78))
    #expect(try await Self.actorctl(["query", "RETUR 1"], good).exit == .code(65))
    #expect(try await Self.actorctl(["query", "RETURN $x", "--param", "x=y"], good).exit == .code(65))
    let query = try await Self.actorctl(
      [
        "query", "UNWIND $list AS x RETURN x, $map.b AS b", "--param", "list=[1,2,3]", "--param", #"map={"b":"t"}"#,
        "--limit", "2", "-o", "json",
      ], good)
    #expect(
      query.output == """
        {"changes":{},"columns":["x","b"],"hasMore":true,"records":[[1,"t"],[2,"t"]],"schema":"actorctl.graph.query/1"}

        """)
    let asleep = try FaultProxy(to: UInt16(clamping: try GraphServer.uri().address.port))
    defer { asleep.stop() }
    asleep.treatBoth { $0.isStalled = true }
    let late = try await Self.actorctl(
      ["ping", "--timeout", "300ms"], good.merging(["BOLT_URL": "bolt://127.0.0.1:\(asleep.port)"]) { $1 })
    #expect(late.exit == .code(75), "\(late.output)")
  }
}
