import Testing

@testable import BoltDriver

@Suite struct RecordDecodingTests {
  private struct Package: Decodable, Equatable {
    var name: String
    var size: Int?
    var tags: [String]
    var built: BoltDate
    var ratio: Double
  }

  private let properties: [String: BoltValue] = [
    "name": "libc6", "tags": ["a", "b"], "built": .date(BoltDate(daysSinceEpoch: 3)), "ratio": 2,
  ]
  private let package = Package(
    name: "libc6", size: nil, tags: ["a", "b"], built: BoltDate(daysSinceEpoch: 3), ratio: 2)

  @Test func columnsBecomeATuple() throws {
    let record = Record(keys: ["name", "age"], values: ["ada", 36])
    let (name, age) = try record.decode(String.self, Int.self)
    #expect(name == "ada")
    #expect(age == 36)
    #expect(throws: BoltDecodingError.self) { try record.decode(String.self, Int.self, Int.self) }
    let error = #expect(throws: BoltDecodingError.self) { try record.decode(Int.self, Int.self) }
    #expect(error?.path == ["name"])
  }

  @Test func columnsBecomeProperties() throws {
    let keys = Array(properties.keys)
    let record = Record(keys: keys, values: keys.compactMap { properties[$0] })
    #expect(try record.decode(Package.self) == package)
  }

  @Test func aSingleNodeIsReadFromItsProperties() throws {
    let node = BoltValue.node(BoltNode(elementID: "1", labels: ["Package"], properties: properties))
    #expect(try Record(keys: ["p"], values: [node]).decode(Package.self) == package)
    #expect(try Record(keys: ["p"], values: [.map(properties)]).decode(Package.self) == package)
    struct Row: Decodable { var p: Package }
    #expect(try Record(keys: ["p"], values: [node]).decode(Row.self).p == package)
    struct NodeRow: Decodable { var p: BoltNode }
    #expect(try Record(keys: ["p"], values: [node]).decode(NodeRow.self).p.labels == ["Package"])
  }

  @Test func aSingleValueIsReadAsItIs() throws {
    #expect(try Record(keys: ["n"], values: [7]).decode(Int.self) == 7)
    struct Row: Decodable { var n: Int }
    #expect(try Record(keys: ["n"], values: [7]).decode(Row.self).n == 7)
  }

  @Test func listsOfStructuresAreRead() throws {
    struct Row: Decodable { var all: [Package]; var value: BoltValue; var bytes: [UInt8] }
    let record = Record(keys: ["all", "value", "bytes"], values: [[.map(properties)], ["x": 1], .bytes([9])])
    let row = try record.decode(Row.self)
    #expect(row.all == [package])
    #expect(row.value == ["x": 1])
    #expect(row.bytes == [9])
  }

  @Test func errorsNameTheColumnAndWhatIsThere() {
    struct Row: Decodable { var name: String; var all: [[Int]] }
    let wrong = #expect(throws: BoltDecodingError.self) {
      try Record(keys: ["name", "all"], values: ["a", [[1, "x"]]]).decode(Row.self)
    }
    #expect(wrong?.path == ["all", "0", "1"])
    let missing = #expect(throws: BoltDecodingError.self) {
      try Record(keys: ["nam", "all"], values: ["a", []]).decode(Row.self)
    }
    #expect(missing?.description == "expected an entry 'name', found the entries all, nam")
    let column = #expect(throws: BoltDecodingError.self) { try Record(keys: ["a"], values: [1]).get("b", as: Int.self) }
    #expect(column?.expected == "a column 'b'")
  }
}
