import Testing

@testable import BoltDriver

/// What is stored in the real server comes back as it went.
@Suite struct StoredValuesTests {
  /// How the server stores a value.
  private enum Storage {
    case asItIs
    /// A point in time with an offset is kept as what a clock in UTC shows.
    case asClock(BoltLocalDateTime)
    /// Not at all, with this error.
    case refused(String)
  }

  /// The server counts nanoseconds in 64 bits: until the year 2262.
  private static let lastSecond: Int64 = 9_223_372_036

  private static func storage(of value: BoltValue) -> Storage {
    switch value {
    case .map: .refused("TypeError")
    case .list(let items) where items.contains(where: { if case .map = $0 { true } else { false } }):
      .refused("TypeError")
    case .localDateTime(let time) where time.secondsSinceEpoch > lastSecond: .refused("ArgumentError")
    case .dateTime(let time):
      if case .offset = time.zone,
        let clock = BoltLocalDateTime(secondsSinceEpoch: time.secondsSinceEpoch, nanosecond: time.nanosecond)
      {
        .asClock(clock)
      } else {
        .asItIs
      }
    default: .asItIs
    }
  }

  @Test func everyValueComesBackAsItWasStored() async throws {
    let label = GraphServer.uniqueLabel()
    var kept = 0
    try await GraphServer.withDriver { driver in
      for (number, value) in EchoedValues.all.enumerated() {
        let creation: Query = try "CREATE (n:\(label: label) {number: \(number), value: \(value)})"
        let storage = Self.storage(of: value)
        if case .refused(let title) = storage {
          let error = await #expect(throws: BoltError.self) { try await driver.executeQuery(creation) }
          #expect(error?.code.rawValue == "Neo.ClientError.Statement.\(title)", "\(number): \(value.typeName)")
          continue
        }
        try await driver.executeQuery(creation)
        let stored = try await driver.executeQuery(
          "MATCH (n:\(label: label) {number: \(number)}) RETURN n.value AS value, n AS node", accessMode: .read)
        let record = try #require(stored.records.first, "\(number): \(value.typeName)")
        let expected: BoltValue = if case .asClock(let clock) = storage { .localDateTime(clock) } else { value }
        #expect(record["value"] == expected, "\(number): \(value.typeName)")
        let node = try record.get("node", as: BoltNode.self)
        #expect(node["value"] ?? .null == expected, "\(number): \(value.typeName)")
        kept += 1
      }
      try await driver.executeQuery("MATCH (n:\(label: label)) DELETE n")
    }
    #expect(kept >= 70)
  }
}
