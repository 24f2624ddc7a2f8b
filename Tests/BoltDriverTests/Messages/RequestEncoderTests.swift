import NIOCore
import Testing

@testable import BoltDriver

@Suite struct RequestEncoderTests {
  private func encode(_ request: BoltRequest, _ version: BoltVersion = .v54) throws -> [UInt8] {
    var buffer = ByteBuffer()
    try RequestEncoder(version: version).encode(request, into: &buffer)
    return Array(buffer: buffer)
  }

  /// The fields of a request, read back.
  private func fields(_ request: BoltRequest, _ version: BoltVersion) throws -> [BoltValue] {
    var decoder = ChunkDecoder()
    decoder.feed(ByteBuffer(bytes: try encode(request, version)))
    let message = try #require(try decoder.next())
    return try PackStreamReader.read(message, dialect: PackStreamBytes.v6) { reader throws(PackStreamError) in
      let (count, _) = try reader.readStructureHeader()
      var fields: [BoltValue] = []
      for _ in 0..<count { fields.append(try reader.readValue()) }
      return fields
    }
  }

  private static let plain: [(BoltRequest, [UInt8])] = [
    (.goodbye, [0, 2, 0xB0, 0x02, 0, 0]), (.reset, [0, 2, 0xB0, 0x0F, 0, 0]), (.commit, [0, 2, 0xB0, 0x12, 0, 0]),
    (.rollback, [0, 2, 0xB0, 0x13, 0, 0]), (.logoff, [0, 2, 0xB0, 0x6B, 0, 0]),
    (.telemetry(.autoCommit), [0, 3, 0xB1, 0x54, 2, 0, 0]),
    (.pull(n: 1000, queryID: -1), [0, 8, 0xB1, 0x3F, 0xA1, 0x81, 0x6E, 0xC9, 0x03, 0xE8, 0, 0]),
    (
      .discard(n: -1, queryID: 7),
      [0, 11, 0xB1, 0x2F, 0xA2, 0x81, 0x6E, 0xFF, 0x83, 0x71, 0x69, 0x64, 0x07, 0, 0]
    ),
    (
      .run(query: "X", parameters: ["a": 1], start: nil),
      [0, 9, 0xB3, 0x10, 0x81, 0x58, 0xA1, 0x81, 0x61, 0x01, 0xA0, 0, 0]
    ),
  ]

  @Test(arguments: plain)
  func requestsHaveTheirForm(_ request: BoltRequest, _ bytes: [UInt8]) throws {
    #expect(try encode(request) == bytes)
  }

  @Test func helloSaysWhatItsVersionKnows() throws {
    let filter = NotificationFilter(minimumSeverity: "WARNING", disabledCategories: ["HINT"])
    let hello = BoltRequest.hello(
      BoltRequest.Hello(userAgent: "a/1", auth: ["scheme": "none"], routing: ["address": "x"], notifications: filter))
    func keys(_ version: BoltVersion) throws -> Set<String> {
      guard case .map(let entries)? = try fields(hello, version).first else { return [] }
      return Set(entries.keys)
    }
    #expect(try keys(.v44) == ["user_agent", "scheme", "routing", "patch_bolt"])
    #expect(try keys(.v50) == ["user_agent", "scheme", "routing"])
    #expect(try keys(.v51) == ["user_agent", "routing"])
    let filtered: Set = ["user_agent", "routing", "notifications_minimum_severity"]
    #expect(try keys(.v52) == filtered.union(["notifications_disabled_categories"]))
    #expect(try keys(.v54) == filtered.union(["notifications_disabled_categories", "bolt_agent"]))
    #expect(try keys(.v56) == filtered.union(["notifications_disabled_classifications", "bolt_agent"]))
    #expect(try keys(.v60) == filtered.union(["notifications_disabled_classifications", "bolt_agent"]))
  }

  @Test func theBoltAgentNamesOnlyTheDriver() throws {
    guard case .map(let hello)? = try fields(.hello(BoltRequest.Hello(userAgent: "a/1")), .v54).first,
      case .map(let agent)? = hello["bolt_agent"], case .string(let product)? = agent["product"]
    else {
      Issue.record("no bolt_agent")
      return
    }
    #expect(product.contains("/"))
    #expect(Set(agent.keys) == ["product", "language", "platform"])
  }

  @Test func transactionsSayOnlyWhatDiffersFromTheDefault() throws {
    #expect(try fields(.begin(TransactionStart()), .v54) == [.map([:])])
    let start = TransactionStart(
      database: "graph", accessMode: .read, bookmarks: ["b"], impersonatedUser: "eve",
      configuration: TransactionConfiguration(timeout: .milliseconds(1500), metadata: ["k": 1]))
    #expect(
      try fields(.begin(start), .v54) == [
        [
          "db": "graph", "mode": "r", "bookmarks": ["b"], "imp_user": "eve", "tx_timeout": 1500,
          "tx_metadata": ["k": 1],
        ]
      ])
  }

  @Test func timeoutsAreWholeMilliseconds() {
    func milliseconds(_ timeout: Duration?) -> Int64? { TransactionConfiguration(timeout: timeout).timeoutMilliseconds }
    #expect(milliseconds(nil) == nil)
    #expect(milliseconds(.zero) == 0)
    #expect(milliseconds(.microseconds(1)) == 1)
    #expect(milliseconds(.microseconds(2001)) == 3)
    #expect(milliseconds(.seconds(-1)) == nil)
    #expect(milliseconds(.seconds(Int64.max)) == .max)
  }

  @Test func theRoutingTableIsAskedForWithItsContext() throws {
    let route = BoltRequest.route(context: ["address": "a"], bookmarks: ["b"], database: nil, impersonatedUser: "eve")
    #expect(try fields(route, .v54) == [["address": "a"], ["b"], ["imp_user": "eve"]])
  }

  @Test func noWayOfPrintingARequestShowsWhatItCarries() {
    let logon = BoltRequest.logon(["credentials": "s3cret"])
    var dumped = ""
    dump(logon, to: &dumped)
    for text in ["\(logon)", String(reflecting: logon), dumped] { #expect(!text.contains("s3cret")) }
  }
}
