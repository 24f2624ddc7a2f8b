import Testing

@testable import BoltDriver

@Suite struct BoltValueDecodableTests {
  @Test func valuesAreReadAsTheirTypes() throws {
    #expect(try BoltValue.int(7).decode(Int.self) == 7)
    #expect(try BoltValue.int(7).decode(UInt8.self) == 7)
    #expect(try BoltValue.int(7).decode(Double.self) == 7)
    #expect(try BoltValue.string("a").decode(String.self) == "a")
    #expect(try BoltValue.null.decode(Int?.self) == nil)
    #expect(try BoltValue.list([1, nil]).decode([Int?].self) == [1, nil])
    #expect(try BoltValue.map(["a": [1]]).decode([String: [Int]].self) == ["a": [1]])
    #expect(try BoltValue.bytes([1, 2]).decode([UInt8].self) == [1, 2])
    #expect(try BoltValue.duration(BoltDuration(seconds: 2)).decode(Duration.self) == .seconds(2))
  }

  @Test func nothingIsConvertedSilently() {
    #expect(throws: BoltDecodingError.self) { try BoltValue.int(300).decode(UInt8.self) }
    #expect(throws: BoltDecodingError.self) { try BoltValue.int(-1).decode(UInt64.self) }
    #expect(throws: BoltDecodingError.self) { try BoltValue.float(1).decode(Int.self) }
    #expect(throws: BoltDecodingError.self) { try BoltValue.int((1 << 53) + 1).decode(Double.self) }
    #expect(throws: BoltDecodingError.self) { try BoltValue.float(0.1).decode(Float.self) }
    #expect(throws: BoltDecodingError.self) { try BoltValue.null.decode(String.self) }
    #expect(throws: BoltDecodingError.self) { try BoltValue.duration(BoltDuration(months: 1)).decode(Duration.self) }
  }

  @Test func errorsSayWhere() {
    let value: BoltValue = ["a": [1, "x"]]
    let error = #expect(throws: BoltDecodingError.self) { try value.decode([String: [Int]].self) }
    #expect(error?.description == "expected integer at a.1, found string")
  }

  @Test func valuesStaySmall() {
    // A record of a million rows is a million of these.
    #expect(MemoryLayout<BoltValue>.stride <= 24)
  }
}
