import Synchronization
import Testing

@testable import BoltDriver

/// The connection ends at every byte of every answer of an exchange.
@Suite("A connection that is cut at any byte")
struct CutExchangeTests {
  /// By which call the exchange is made.
  enum Call: CaseIterable {
    case query
    case readQuery
    case autoCommit
    case managed
    case explicit
  }

  private static let answers: [BoltRequest.Kind: [ScriptedServer.Reply]] = [
    .hello: [.success(["server": "Neo4j/5.26.0", "connection_id": "c"])], .logon: [.success([:])],
    .begin: [.success([:])], .run: [.success(["fields": ["x"], "t_first": 1])],
    .pull: [.record([1]), .record(["text"]), .success(["type": "rw", "t_last": 2])],
    .commit: [.success(["bookmark": "bm"])],
  ]

  /// Does the work of one call and returns its records.
  private static func run(_ call: Call, _ driver: Driver) async throws -> [Record] {
    switch call {
    case .query: return try await driver.executeQuery("MATCH").records
    case .readQuery: return try await driver.executeQuery("MATCH", accessMode: .read).records
    case .autoCommit: return try await driver.withSession { try await $0.run("MATCH").collect() }
    case .managed: return try await driver.executeWrite { try await $0.run("MATCH").collect() }
    case .explicit:
      return try await driver.withSession { session in
        let transaction = try await session.beginTransaction()
        let records = try await transaction.run("MATCH").collect()
        try await transaction.commit()
        return records
      }
    }
  }

  @Test("loses no answer that came whole, makes none up, and never repeats a COMMIT", arguments: Call.allCases)
  func cut(_ call: Call) async throws {
    for kind in [BoltRequest.Kind.hello, .logon, .begin, .run, .pull, .commit] {
      if call == .autoCommit, [.begin, .commit].contains(kind) { continue }
      let answer = try #require(Self.answers[kind])
      var count = 0
      var isWhole = false
      while !isWhole {
        isWhole = try await Self.cut(kind, answer, after: count, call)
        count += 1
        try #require(count < 200, "an answer is shorter")
      }
      #expect(count > 5, "\(kind)")
    }
  }

  /// Cuts one answer after some bytes; returns whether that was all of it.
  private static func cut(
    _ kind: BoltRequest.Kind, _ answer: [ScriptedServer.Reply], after count: Int, _ call: Call
  ) async throws -> Bool {
    let isCut = Lock(false)
    let server = try await ScriptedServer.start { request in
      guard request.kind == kind else { return Self.answers[request.kind] }
      isCut.withLock { $0 = true }
      return [.cut(answer, count)]
    }
    let driver = try server.driver { $0.maximumPoolSize = 1 }
    var isWhole = false
    do {
      let records = try await run(call, driver)
      #expect(records.map(\.values) == [[1], ["text"]])
      isWhole = true
    } catch let error as BoltError {
      let isDoubtful = kind == .commit && call != .readQuery
      var possible: [BoltError.Code] = [isDoubtful ? .incompleteCommit : .serviceUnavailable]
      // Behind all records COMMIT is sent, unless the end of the connection is seen first.
      if kind == .pull, count >= wholeLength(of: answer) { possible.append(.incompleteCommit) }
      #expect(possible.contains(error.code), "\(kind) after \(count): \(error)")
      #expect(error.isRetryable == (error.code != .incompleteCommit))
      // Behind whole answers to these the work goes on, and fails at the next step.
      if isLast(kind, call), !isWhole { #expect(count <= wholeLength(of: answer)) }
      isWhole = !isLast(kind, call) && count >= wholeLength(of: answer)
    }
    #expect(isCut.withLock { $0 })
    #expect(server.requests(.commit).count <= 1)
    try await soon("nothing is in use after \(kind), \(count)") {
      driver.poolMetrics[0].inUse == 0 && driver.poolMetrics[0].creating == 0
    }
    await driver.close()
    try await server.stop()
    return isWhole
  }

  /// Whether nothing more has to come behind an answer.
  private static func isLast(_ kind: BoltRequest.Kind, _ call: Call) -> Bool {
    kind == (call == .autoCommit ? .pull : .commit)
  }

  /// How many bytes the messages have with their chunks' headers.
  private static func wholeLength(of answer: [ScriptedServer.Reply]) -> Int {
    answer.reduce(0) { sum, reply in
      let value: BoltValue? =
        switch reply {
        case .success(let metadata): .map(metadata)
        case .record(let values): .list(values)
        default: nil
        }
      // A header of two bytes, the structure's two, and two of the end.
      return sum + 6 + (value.flatMap { try? PackStreamBytes.encode($0).count } ?? 0)
    }
  }

  @Test(
    "garbage instead of the answer to COMMIT leaves it in doubt",
    arguments: [
      [0, 3, 1, 2, 3, 0, 0], [0, 2, 0xB0, 0x7E, 0, 0], [0, 4, 0xB1, 0x71, 0x91, 1, 0, 0],
      [0, 7, 0xB1, 0x70, 0xDA, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0], [UInt8](repeating: 0xFF, count: 70_000),
      [UInt8](repeating: 0, count: 400_000),
    ] as [[UInt8]])
  func garbage(_ bytes: [UInt8]) async throws {
    let server = try await ScriptedServer.start { request in
      request.kind == .commit ? [.bytes(bytes), .close] : nil
    }
    let driver = try server.driver { $0.maximumRetryTime = .seconds(30) }
    for call in [Call.query, .managed, .explicit] {
      let error = await #expect(throws: BoltError.self) { try await Self.run(call, driver) }
      #expect(error?.code == .incompleteCommit, "\(call): \(String(describing: error))")
    }
    #expect(server.requests(.commit).count == 3, "none is repeated")
    #expect(driver.poolMetrics[0].inUse == 0)
    await driver.close()
    try await server.stop()
  }
}
