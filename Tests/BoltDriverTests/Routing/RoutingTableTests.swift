import Testing

@testable import BoltDriver

@Suite struct RoutingTableTests {
  private static let wire: [String: BoltValue] = [
    "ttl": 300, "db": "graph",
    "servers": [
      ["role": "ROUTE", "addresses": ["a:1", "b:2", "a:1"]], ["role": "READ", "addresses": ["b:2", "[::1]:3"]],
      ["role": "WRITE", "addresses": ["a"]],
    ],
  ]

  @Test func aRoutersAnswerIsRead() throws {
    let table = try RoutingTable(wire: Self.wire, database: nil, now: .seconds(5))
    #expect(table.database == "graph" && table.timeToLive == .seconds(300))
    #expect(table.routers == [ServerAddress(host: "a", port: 1), ServerAddress(host: "b", port: 2)])
    #expect(table.readers == [ServerAddress(host: "b", port: 2), ServerAddress(host: "::1", port: 3)])
    #expect(table.writers == [ServerAddress(host: "a")])
    #expect(!table.cameWithoutWriters && table.servers.count == 4)
  }

  @Test func theNameAskedForCountsWhenTheRouterTellsNone() throws {
    var wire = Self.wire
    // An alias: the next one to ask asks for it by the same name.
    #expect(try RoutingTable(wire: wire, database: "other", now: .zero).database == "other")
    wire["db"] = nil
    #expect(try RoutingTable(wire: wire, database: "other", now: .zero).database == "other")
    #expect(try RoutingTable(wire: wire, database: nil, now: .zero).database == nil)
  }

  @Test(
    arguments: [
      ["servers": []], ["ttl": -1, "servers": []], ["ttl": "300", "servers": []], ["ttl": 300],
      ["ttl": 300, "servers": [["role": "READ"]]], ["ttl": 300, "servers": [["addresses": ["a:1"]]]],
      ["ttl": 300, "servers": [["role": "READ", "addresses": [1]]]],
      ["ttl": 300, "servers": [["role": "READ", "addresses": ["a:b"]]]],
      ["ttl": 300, "servers": [["role": "READ", "addresses": ["a:1?x=y"]]]],
    ] as [[String: BoltValue]])
  func nonsenseIsRefused(_ wire: [String: BoltValue]) {
    let error = #expect(throws: BoltError.self) { try RoutingTable(wire: wire, database: nil, now: .zero) }
    #expect(error?.code == .protocolViolation)
  }

  @Test func aTableAgesByTheClockItIsGiven() throws {
    let table = try RoutingTable(wire: Self.wire, database: nil, now: .seconds(5))
    #expect(table.isFresh(for: .read, now: .seconds(304)) && !table.isFresh(for: .read, now: .seconds(305)))
    #expect(!table.isOutdated(now: .seconds(334)) && table.isOutdated(now: .seconds(335)))
  }

  @Test func theLongestLifeIsStillASum() throws {
    var wire = Self.wire
    wire["ttl"] = .int(.max)
    let table = try RoutingTable(wire: wire, database: nil, now: .seconds(5))
    #expect(table.isFresh(for: .write, now: .seconds(86_400)))
  }

  @Test func whoCannotBeReachedHasNoPart() throws {
    var table = try RoutingTable(wire: Self.wire, database: nil, now: .zero)
    table.remove(ServerAddress(host: "b", port: 2))
    #expect(table.routers.count == 1 && table.readers == [ServerAddress(host: "::1", port: 3)])
    table.removeWriter(ServerAddress(host: "a"))
    #expect(table.isFresh(for: .read, now: .zero) && !table.isFresh(for: .write, now: .zero))
    table.remove(ServerAddress(host: "a", port: 1))
    #expect(!table.isFresh(for: .read, now: .zero))
  }

  @Test func tablesThatNobodyUsesAreDropped() throws {
    func table(_ name: String?, at now: Duration) throws -> RoutingTable {
      var wire = Self.wire
      wire["db"] = nil
      return try RoutingTable(wire: wire, database: name, now: now)
    }
    var tables = RoutingTables()
    tables.store(try table("old", at: .zero), now: .zero)
    tables.store(try table(nil, at: .seconds(100)), now: .seconds(100))
    #expect(tables.table(for: "old") != nil)
    tables.store(try table("new", at: .seconds(330)), now: .seconds(330))
    #expect(tables.table(for: "old") == nil && tables.table(for: nil) != nil && tables.table(for: "new") != nil)
    tables.remove(ServerAddress(host: "b", port: 2))
    #expect(tables.servers.count == 3)
    tables.removeWriter(ServerAddress(host: "a"), for: "new")
    #expect(tables.table(for: "new")?.writers == [] && tables.table(for: nil)?.writers.count == 1)
  }

  @Test(.timeLimit(.minutes(1))) func manyAddressesAreReadInOneWalk() throws {
    let addresses = (0..<200_000).map { BoltValue.string("10.\($0 >> 16).\($0 >> 8 & 255).\($0 & 255)") }
    let wire: [String: BoltValue] = [
      "ttl": .int(1), "servers": .list([.map(["role": .string("READ"), "addresses": .list(addresses + addresses)])]),
    ]
    #expect(try RoutingTable(wire: wire, database: nil, now: .zero).readers.count == 200_000)
  }
}
