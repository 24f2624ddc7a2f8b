import Testing

@testable import BoltDriver

/// Graph structures, which only come from the server, and structures that make no sense.
@Suite struct PackStreamGraphTests {
  private let name: [UInt8] = [0xA1, 0x81, 0x6E, 0x01]  // {n: 1}

  @Test func nodesHaveElementIDsFromFiveOn() throws {
    let expected = BoltNode(id: 5, elementID: "e5", labels: ["L"], properties: ["n": 1])
    let bytes: [UInt8] = [0xB4, 0x4E, 5, 0x91, 0x81, 0x4C] + name + [0x82, 0x65, 0x35]
    #expect(try PackStreamBytes.decode(bytes, PackStreamBytes.v5) == .node(expected))
  }

  @Test func olderNodesGetTheirElementIDFromTheNumber() throws {
    let expected = BoltNode(id: 5, elementID: "5", labels: ["L"], properties: ["n": 1])
    #expect(
      try PackStreamBytes.decode([0xB3, 0x4E, 5, 0x91, 0x81, 0x4C] + name, PackStreamBytes.v4) == .node(expected))
  }

  @Test func aNodeMayComeWithoutNumber() throws {
    let bytes: [UInt8] = [0xB4, 0x4E, 0xC0, 0x90, 0xA0, 0x82, 0x65, 0x35]
    #expect(try PackStreamBytes.decode(bytes, PackStreamBytes.v5) == .node(BoltNode(id: nil, elementID: "e5")))
  }

  @Test func relationshipsKnowTheirEnds() throws {
    let bytes: [UInt8] = [0xB8, 0x52, 7, 1, 2, 0x81, 0x54] + name + [0x81, 0x61, 0x81, 0x62, 0x81, 0x63]
    let expected = BoltRelationship(
      id: 7, elementID: "a", startID: 1, startElementID: "b", endID: 2, endElementID: "c", type: "T",
      properties: ["n": 1])
    #expect(try PackStreamBytes.decode(bytes, PackStreamBytes.v5) == .relationship(expected))
    let old: [UInt8] = [0xB5, 0x52, 7, 1, 2, 0x81, 0x54, 0xA0]
    let derived = BoltRelationship(
      id: 7, elementID: "7", startID: 1, startElementID: "1", endID: 2, endElementID: "2", type: "T")
    #expect(try PackStreamBytes.decode(old, PackStreamBytes.v4) == .relationship(derived))
  }

  @Test func pathsAreWalkedInBothDirections() throws {
    // (0)-[1]->(1)<-[2]-(0): the second step goes against the direction of its relationship.
    let node0: [UInt8] = [0xB3, 0x4E, 0, 0x90, 0xA0]
    let node1: [UInt8] = [0xB3, 0x4E, 1, 0x90, 0xA0]
    let relationships: [UInt8] = [0x92, 0xB3, 0x72, 10, 0x81, 0x54, 0xA0, 0xB3, 0x72, 11, 0x81, 0x54, 0xA0]
    let bytes = [0xB3, 0x50, 0x92] + node0 + node1 + relationships + [0x94, 0x01, 0x01, 0xFE, 0x00]
    guard case .path(let path) = try PackStreamBytes.decode(bytes, PackStreamBytes.v4) else {
      Issue.record("no path")
      return
    }
    #expect(path.nodes.map(\.id) == [0, 1, 0])
    #expect(path.relationships.map(\.id) == [10, 11])
    #expect(path.relationships.map(\.startID) == [0, 0])
    #expect(path.relationships.map(\.endID) == [1, 1])
    #expect(path.length == 2)
    #expect(path.start.id == 0)
  }

  @Test(arguments: [[0x01, 0x02], [0x03, 0x01], [0x00, 0x01], [0x01, 0xFF], [0x01]] as [[UInt8]])
  func pathsThatPointNowhereAreKeptAsTheyCame(_ indices: [UInt8]) throws {
    let node: [UInt8] = [0xB3, 0x4E, 0, 0x90, 0xA0]
    let relationship: [UInt8] = [0xB3, 0x72, 10, 0x81, 0x54, 0xA0]
    let bytes =
      [0xB3, 0x50, 0x92] + node + node + [0x91] + relationship + [0x90 | UInt8(indices.count)] + indices
    guard case .unsupported(let value) = try PackStreamBytes.decode(bytes, PackStreamBytes.v4) else {
      Issue.record("a path with indices \(indices) was believed")
      return
    }
    #expect(value.tag == 0x50)
    #expect(value.fields.count == 3)
  }

  private static let odd: [[UInt8]] = [
    [0xB0, 0x4E], [0xB1, 0x4E, 0xC0], [0xB4, 0x4E, 0x80, 0x90, 0xA0, 0x80], [0xB4, 0x4E, 0x01, 0x91, 0x01, 0xA0, 0x80],
    [0xB2, 0x44, 1, 2], [0xB1, 0x44, 0x80], [0xB1, 0x74, 0xFF], [0xB2, 0x54, 1, 0xC0], [0xB3, 0x49, 1, 0xFF, 0],
    [0xB3, 0x49, 1, 2, 0xCB, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], [0xB3, 0x58, 1, 2, 3], [0xB0, 0x58],
    [0xB3, 0x46, 1, 2, 3],
    [0xB2, 0x56, 0xCC, 1, 0x00, 0xCC, 0], [0xB2, 0x56, 0xCC, 1, 0xC9, 0xCC, 1, 0], [0xB1, 0x7A, 0x01], [0xB0, 0x66],
    [0xB2, 0x64, 1, 0xCA, 0x7F, 0xFF, 0xFF, 0xFF],
  ]

  @Test(arguments: odd)
  func structuresThatMakeNoSenseFailWhenRead(_ bytes: [UInt8]) throws {
    // The next value must stay readable.
    guard case .list(let items) = try PackStreamBytes.decode([0x92] + bytes + [0x2A]) else {
      Issue.record("no list")
      return
    }
    guard case .unsupported(let value) = items[0] else {
      Issue.record("\(items[0]) was believed")
      return
    }
    #expect(value.tag == bytes[1])
    #expect(items[1] == 42)
    #expect(throws: BoltDecodingError.self) { try items[0].decode(String.self) }
  }

  @Test func theServersWordForAnUnsupportedTypeIsKept() throws {
    let bytes: [UInt8] =
      [0xB4, 0x3F, 0x83] + Array("FOO".utf8) + [7, 1, 0xA1, 0x87] + Array("message".utf8) + [0x82] + Array("no".utf8)
    guard case .unsupported(let value) = try PackStreamBytes.decode(bytes) else {
      Issue.record("not unsupported")
      return
    }
    #expect(value.name == "FOO")
    #expect(value.minimumVersion == BoltVersion(7, 1))
    #expect(value.reason == "no" && value.message == "no")
    let silent: [UInt8] = [0xB4, 0x3F, 0x83] + Array("FOO".utf8) + [7, 1, 0xA0]
    guard case .unsupported(let value) = try PackStreamBytes.decode(silent) else {
      Issue.record("not unsupported")
      return
    }
    #expect(value.message == nil && value.reason.contains("7.1"))
  }
}
