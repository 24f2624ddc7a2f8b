import Testing

@testable import BoltDriver

/// A record of one column is read by its column or from what the column holds; which, the type says.
@Suite struct SingleColumnTests {
  private struct Package: Decodable, Equatable { var name: String }
  private struct Row: Decodable, Equatable { var p: Package? }
  private struct Named: Decodable, Equatable {
    var name: String
    var p: String?
  }

  private func record(_ value: BoltValue) -> Record { Record(keys: ["p"], values: [value]) }
  private let node = BoltValue.node(
    BoltNode(id: 1, elementID: "1", labels: ["Package"], properties: ["name": .string("git")]))

  @Test func anOptionalPropertyOfTheColumnsNameIsTheColumn() throws {
    #expect(try record(node).decode(Row.self) == Row(p: Package(name: "git")))
    #expect(try record(.map(["name": .string("git")])).decode(Row.self) == Row(p: Package(name: "git")))
    #expect(try record(.null).decode(Row.self) == Row(p: nil))
  }

  @Test func aTypeThatTheColumnIsNotEnoughForIsReadFromTheProperties() throws {
    #expect(try record(node).decode(Package.self) == Package(name: "git"))
    #expect(try record(node).decode(Named.self) == Named(name: "git", p: nil))
    #expect(try record(.map(["name": .string("a"), "p": .string("b")])).decode(Named.self) == Named(name: "a", p: "b"))
  }

  @Test func aDictionaryOfColumnsMayHaveOneColumn() throws {
    #expect(try record(.int(1)).decode([String: BoltValue].self) == ["p": .int(1)])
    #expect(try record(.int(1)).decode([String: Int].self) == ["p": 1])
    let error = #expect(throws: BoltDecodingError.self) { try record(.string("x")).decode(Int.self) }
    #expect(error?.description.contains("string") == true)
  }

  @Test func noBytesAreNoListOfAnythingElse() throws {
    #expect(try [UInt8](boltValue: .bytes([])).isEmpty)
    #expect(throws: BoltDecodingError.self) { try [String](boltValue: .bytes([])) }
    #expect(throws: BoltDecodingError.self) { try [Int](boltValue: .bytes([])) }
  }
}
