import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import BoltDriver

/// Requests that go into the socket only in part: the event loop writes the rest.
@Suite("A request that the socket takes in part")
struct PartialWriteTests {
  private static let text = BoltValue.string(String(repeating: "graph", count: 12_000))

  @Test("is not cut by the next one, which another task sends meanwhile")
  func twoAtOnce() async throws {
    let line = try await NarrowLine.open()
    let connection = line.connection
    _ = try await connection.request(.begin(TransactionStart()))
    for _ in 0..<400 {
      try await connection.withDeadline(.now + .seconds(30), "RUN") {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
          for _ in 0..<2 {
            tasks.addTask {
              let run = BoltRequest.run(query: "RETURN $text", parameters: ["text": Self.text], start: nil)
              _ = try await connection.request(run, .pull(n: -1, queryID: -1))
            }
          }
          try await tasks.waitForAll()
        }
      }
    }
    let runs = line.requests.filter { $0.kind == .run }
    #expect(runs.count == 800)
    #expect(runs.allSatisfy { $0.fields[1] == .map(["text": Self.text]) })
    try await line.close()
  }

  @Test("comes whole before the goodbye, when the connection is closed meanwhile")
  func closedMeanwhile() async throws {
    let line = try await NarrowLine.open()
    _ = try await line.connection.request(.begin(TransactionStart()))
    try await line.setReading(false)
    let run = BoltRequest.run(query: "RETURN $text", parameters: ["text": Self.text], start: nil)
    try line.connection.send([run], to: ReplyCollector(count: 1))
    await line.connection.close(reason: .shutdown)
    try await line.setReading(true)
    try await soon("the server has heard the goodbye") { line.isServerGone }
    // A machine that is too busy for it cuts the request off, but nothing is ever said in the middle of it.
    let kinds = line.requests.map(\.kind)
    #expect([.hello, .logon, .begin, .run, .goodbye].starts(with: kinds), "\(kinds)")
    if kinds.contains(.run) { #expect(line.requests[3].fields[1] == .map(["text": Self.text])) }
    try await line.close()
  }

  @Test("leaves an idle connection without a timer, and the server's silence is noticed all the same")
  func idle() async throws {
    let line = try await NarrowLine.open { request in
      switch request.kind {
      case .hello:
        [.success(["server": "Neo4j/5.26.0", "hints": ["connection.recv_timeout_seconds": 1]])]
      case .run: []
      default: nil
      }
    }
    for _ in 0..<2 {
      _ = try await line.connection.request(.reset)
      try await line.untilUnwatched()
    }
    let run = BoltRequest.run(query: "HANG", parameters: [:], start: TransactionStart())
    let error = await #expect(throws: BoltError.self) {
      try await line.connection.withDeadline(.now + .seconds(20), "RUN") { try await line.connection.request(run) }
    }
    #expect(error?.message.contains("silent") == true)
    try await line.close()
  }
}
