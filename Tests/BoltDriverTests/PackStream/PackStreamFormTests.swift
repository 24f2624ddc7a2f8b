import Testing

@testable import BoltDriver

/// The form of each value on the wire, byte by byte, both ways.
@Suite struct PackStreamFormTests {
  private static let simple: [(BoltValue, [UInt8])] = [
    (.null, [0xC0]), (.bool(false), [0xC2]), (.bool(true), [0xC3]),
    (0, [0x00]), (1, [0x01]), (127, [0x7F]), (-1, [0xFF]), (-16, [0xF0]),
    (-17, [0xC8, 0xEF]), (-128, [0xC8, 0x80]),
    (128, [0xC9, 0x00, 0x80]), (-129, [0xC9, 0xFF, 0x7F]), (32_767, [0xC9, 0x7F, 0xFF]), (-32_768, [0xC9, 0x80, 0x00]),
    (32_768, [0xCA, 0x00, 0x00, 0x80, 0x00]), (-32_769, [0xCA, 0xFF, 0xFF, 0x7F, 0xFF]),
    (2_147_483_647, [0xCA, 0x7F, 0xFF, 0xFF, 0xFF]), (-2_147_483_648, [0xCA, 0x80, 0x00, 0x00, 0x00]),
    (2_147_483_648, [0xCB, 0, 0, 0, 0, 0x80, 0, 0, 0]),
    (.int(.max), [0xCB, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
    (.int(.min), [0xCB, 0x80, 0, 0, 0, 0, 0, 0, 0]),
    (.float(1.1), [0xC1, 0x3F, 0xF1, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9A]),
    (.float(-0.0), [0xC1, 0x80, 0, 0, 0, 0, 0, 0, 0]),
    (.float(.infinity), [0xC1, 0x7F, 0xF0, 0, 0, 0, 0, 0, 0]),
    ("", [0x80]), ("A", [0x81, 0x41]), ("é", [0x82, 0xC3, 0xA9]),
    (.bytes([]), [0xCC, 0x00]), (.bytes([1, 2, 3]), [0xCC, 0x03, 1, 2, 3]),
    ([], [0x90]), ([1, "a", nil], [0x93, 0x01, 0x81, 0x61, 0xC0]), ([[]], [0x91, 0x90]),
    (.map([:]), [0xA0]), (["a": 1], [0xA1, 0x81, 0x61, 0x01]),
  ]

  @Test(arguments: simple)
  func everySimpleValueHasItsShortestForm(_ value: BoltValue, _ bytes: [UInt8]) throws {
    #expect(try PackStreamBytes.encode(value) == bytes)
    #expect(try PackStreamBytes.decode(bytes) == value)
  }

  private static let structures: [(BoltValue, [UInt8])] = [
    (.date(BoltDate(daysSinceEpoch: 1)), [0xB1, 0x44, 0x01]),
    (.localTime(BoltLocalTime(knownNanosecondOfDay: 5)), [0xB1, 0x74, 0x05]),
    (.time(BoltTime(local: BoltLocalTime(knownNanosecondOfDay: 5), offsetSeconds: 60)), [0xB2, 0x54, 0x05, 0x3C]),
    (.duration(BoltDuration(months: 1, days: 2, seconds: 3, nanoseconds: -4)), [0xB4, 0x45, 0x01, 0x02, 0x03, 0xFC]),
    (.point(BoltPoint(srid: 7203, x: 0, y: 0)), [0xB3, 0x58, 0xC9, 0x1C, 0x23] + float0 + float0),
    (.point(BoltPoint(srid: 9157, x: 0, y: 0, z: 0)), [0xB4, 0x59, 0xC9, 0x23, 0xC5] + float0 + float0 + float0),
    (.vector(.int8([1, -1])), [0xB2, 0x56, 0xCC, 0x01, 0xC8, 0xCC, 0x02, 0x01, 0xFF]),
    (.vector(.int16([258])), [0xB2, 0x56, 0xCC, 0x01, 0xC9, 0xCC, 0x02, 0x01, 0x02]),
    (.vector(.int32([-2])), [0xB2, 0x56, 0xCC, 0x01, 0xCA, 0xCC, 0x04, 0xFF, 0xFF, 0xFF, 0xFE]),
    (.vector(.int64([1])), [0xB2, 0x56, 0xCC, 0x01, 0xCB, 0xCC, 0x08, 0, 0, 0, 0, 0, 0, 0, 1]),
    (.vector(.float32([1])), [0xB2, 0x56, 0xCC, 0x01, 0xC6, 0xCC, 0x04, 0x3F, 0x80, 0, 0]),
    (.vector(.float64([1])), [0xB2, 0x56, 0xCC, 0x01, 0xC1, 0xCC, 0x08, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0]),
  ]
  private static let float0: [UInt8] = [0xC1, 0, 0, 0, 0, 0, 0, 0, 0]

  @Test(arguments: structures)
  func everyStructureHasItsForm(_ value: BoltValue, _ bytes: [UInt8]) throws {
    #expect(try PackStreamBytes.encode(value) == bytes)
    #expect(try PackStreamBytes.decode(bytes) == value)
  }

  @Test func timesAreSentInUTCWhereTheServerTakesIt() throws {
    let time = BoltValue.dateTime(
      try #require(BoltDateTime(secondsSinceEpoch: 60, nanosecond: 7, zone: .offset(seconds: 30))))
    #expect(try PackStreamBytes.encode(time, PackStreamBytes.v5) == [0xB3, 0x49, 60, 7, 30])
    #expect(try PackStreamBytes.decode([0xB3, 0x49, 60, 7, 30], PackStreamBytes.v5) == time)
    #expect(try PackStreamBytes.encode(time, PackStreamBytes.v4) == [0xB3, 0x46, 90, 7, 30])
    #expect(try PackStreamBytes.decode([0xB3, 0x46, 90, 7, 30], PackStreamBytes.v4) == time)
    let patched = PackStreamDialect(version: .v44, utcPatch: true)
    #expect(try PackStreamBytes.encode(time, patched) == [0xB3, 0x49, 60, 7, 30])
  }

  @Test func namedZonesKeepTheirName() throws {
    let zone = BoltTimeZone.identifier("Mars/Olympus")
    let time = BoltValue.dateTime(try #require(BoltDateTime(secondsSinceEpoch: 1, nanosecond: 2, zone: zone)))
    let bytes = try PackStreamBytes.encode(time, PackStreamBytes.v5)
    #expect(bytes.prefix(4) == [0xB3, 0x69, 1, 2])
    #expect(try PackStreamBytes.decode(bytes, PackStreamBytes.v5) == time)
    #expect(throws: PackStreamError.self) { try PackStreamBytes.encode(time, PackStreamBytes.v4) }
  }

  @Test func olderServersGetWhatTheClocksOfTheZoneShow() throws {
    // 2022-06-07T11:52:05 in Stockholm, which is 09:52:05 UTC.
    let zone = BoltTimeZone.identifier("Europe/Stockholm")
    let time = BoltValue.dateTime(
      try #require(BoltDateTime(secondsSinceEpoch: 1_654_595_525, nanosecond: 7, zone: zone)))
    let bytes = [0xB3, 0x66, 0xCA, 0x62, 0x9F, 0x3B, 0xE5, 7, 0xD0, 16] + Array("Europe/Stockholm".utf8)
    #expect(try PackStreamBytes.encode(time, PackStreamBytes.v4) == bytes)
    #expect(try PackStreamBytes.decode(bytes, PackStreamBytes.v4) == time)
  }

  @Test func aZoneThatTheMachineDoesNotKnowCostsOnlyTheValue() throws {
    let bytes: [UInt8] = [0x92, 0xB3, 0x66, 0, 0, 0x8C] + Array("Europe/Neo4j".utf8) + [7]
    guard case .list(let items) = try PackStreamBytes.decode(bytes, PackStreamBytes.v4),
      case .unsupported(let value) = items[0]
    else {
      Issue.record("the time was believed")
      return
    }
    #expect(value.reason.contains("Europe/Neo4j"))
    #expect(items[1] == 7)
  }

  @Test(arguments: [0, 15, 16, 255, 256, 65_535, 65_536])
  func sizesTakeTheShortestHeader(_ count: Int) throws {
    let text = BoltValue.string(String(repeating: "x", count: count))
    let bytes = BoltValue.bytes([UInt8](repeating: 7, count: count))
    let list = BoltValue.list([BoltValue](repeating: 1, count: count))
    let map = BoltValue.map(Dictionary(uniqueKeysWithValues: (0..<count).map { ("\($0)", BoltValue.int(1)) }))
    let header = count < 16 ? 1 : count < 256 ? 2 : count < 65_536 ? 3 : 5
    #expect(try PackStreamBytes.encode(text).count == header + count)
    #expect(try PackStreamBytes.encode(bytes).count == max(header, 2) + count)
    #expect(try PackStreamBytes.encode(list).count == header + count)
    for value in [text, bytes, list, map] {
      #expect(try PackStreamBytes.decode(PackStreamBytes.encode(value)) == value)
    }
  }

  @Test func whatCannotBeSentIsRefusedWithTheReason() throws {
    let node = BoltValue.node(BoltNode(elementID: "1"))
    #expect(throws: PackStreamError.self) { try PackStreamBytes.encode([node]) }
    #expect(throws: PackStreamError.self) { try PackStreamBytes.encode(.vector(.int8([1])), PackStreamBytes.v5) }
  }
}
