import Actors
import BoltDriver
import Foundation
import Middleware
import TestSupport
import Testing

@testable import actorctl

@Suite("The table of graph pool")
struct GraphPoolListingTests {
  private static func report(used: Int, created: UInt64, state: String = "up") throws -> GraphReport {
    let text = """
      {"state":"\(state)","reason":\(state == "up" ? "null" : "\"graph: down: refused\""),"pools":[{"address":"db:7687",
      "maximum":10,"inUse":\(used),"idle":2,"creating":0,"waiting":0,"created":\(created),"failed":0,
      "closed":{"error":1,"lifetime":2},"acquired":1204,"timeouts":0,
      "acquire":{"count":1204,"sum":0.5,"maximum":0.1,"p99":0.005},
      "use":{"count":1204,"sum":0.5,"maximum":0.1,"p99":0.01},"create":{"count":3,"sum":0.5,"maximum":0.1},
      "oldest":12.5}],"transactions":{"openSessions":0,"openTransactions":0,"ended":{"committed":1200,"failed":4},
      "retries":{"Neo.TransientError.Transaction.DeadlockDetected":4}}}
      """
    return try JSONDecoder().decode(GraphReport.self, from: Data(text.utf8))
  }

  private static func process(_ worker: Int, _ graph: GraphReport, fleet: String = "f") -> FleetGraphs.Process {
    FleetGraphs.Process(fleet: fleet, worker: worker, pid: Int32(100 + worker), graph: graph)
  }

  @Test func `a line for each process, and their sum`() throws {
    let listing = GraphPoolListing(processes: [
      Self.process(0, try Self.report(used: 3, created: 6)), Self.process(1, try Self.report(used: 4, created: 7)),
    ])
    #expect(
      listing.table.rendered() == """
        WORKER  PID  STATE  USED  IDLE  MAX  WAIT   LENT  LATE  MADE  CLOSED  FAILED  P99 ms  RETRIES  SERVER
             0  100  up        3     2   10     0  1,204     0     6       3       0     ≤ 5        4  db:7687
             1  101  up        4     2   10     0  1,204     0     7       3       0     ≤ 5        4  db:7687
           all                 7     4   20     0  2,408     0    13       6       0     ≤ 5        8

        """)
    #expect(listing.reasons.isEmpty)
    #expect(try listing.line().hasSuffix(#""schema":"actorctl.graph.pool/1"}"#))
  }

  @Test func `several fleets are told apart, and troubles told once`() throws {
    let down = try Self.report(used: 0, created: 0, state: "down")
    let listing = GraphPoolListing(processes: [Self.process(0, down, fleet: "a"), Self.process(0, down, fleet: "b")])
    #expect(listing.table.rendered().hasPrefix("FLEET  WORKER"))
    #expect(listing.reasons == ["graph: down: refused"])
  }

  @Test func `figures from elsewhere that overflow do no harm`() throws {
    var wild = try Self.report(used: .max, created: .max)
    wild.pools[0].acquire.p99 = 1e300
    let listing = GraphPoolListing(processes: [Self.process(0, wild), Self.process(1, wild)])
    #expect(listing.table.rows.count == 3)
  }

  @Test func `living processes are read from their state folders, dead ones are not`() async throws {
    let folder = try TemporaryFolder()
    let root = folder.file("troupe")
    let state = "\(root)/fleet"
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    let reader = FleetGraphs(source: .everywhere, environment: ["XDG_RUNTIME_DIR": folder.file("")])
    #expect(try reader.read().isEmpty)
    var figures = ProcessFigures()
    let content = try JSONEncoder().encode(Self.report(used: 3, created: 6))
    figures.documents["graph"] = try JSONDecoder().decode(JSONValue.self, from: content)
    let file = try FiguresFile(path: FiguresFile.path(in: state, slot: 4), capacity: 65_536)
    #expect(file.publish(try #require(figures.encoded())))
    #expect(try reader.read().isEmpty, "no living process")
    do {
      let living = try WorkerStateFile(path: WorkerStateFile.path(in: state, slot: 4), slotCount: 1)
      for source in [FleetGraphs.Source.everywhere, .folders([state])] {
        let found = try FleetGraphs(source: source, environment: reader.environment).read()
        #expect(found.map(\.worker) == [4] && found.map(\.fleet) == ["fleet"])
        #expect(found.first?.graph.pools.first?.inUse == 3)
      }
      living.markStopped()
    }
    let missing = FleetGraphs(source: .folders([folder.file("nowhere")]), environment: [:])
    #expect(throws: CommandFailure.self) { try missing.read() }
  }
}
