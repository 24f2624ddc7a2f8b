import Actors
import FoundationEssentials
import Testing

@Suite struct JSONTextTests {
  @Test func validation() throws {
    #expect(try JSONText(validating: " \n[1, 2]\t").text == "[1, 2]")
    #expect(try JSONText(validating: "-Infinity").doubleValue == -.infinity)
    for text in ["", " ", "[1", "1 2", "[1]]", "\u{FEFF}1", "nul", "\"\u{1}\"", "{\"a\"}", "{\"a\":}", "{1:2}"] {
      let error = #expect(throws: JSONSyntaxError.self, "\(text)") { try JSONText(validating: text) }
      #expect(error?.code == .syntax)
    }
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    _ = try JSONText(validating: nested(128))
    _ = try JSONText(validating: nested(512), maxDepth: .max)
    for (depth, limit) in [(129, 128), (513, .max), (100_000, 128), (1, 0)] {
      let error = #expect(throws: JSONSyntaxError.self) { try JSONText(validating: nested(depth), maxDepth: limit) }
      #expect(error?.code == .depth)
    }
    // Closing brackets must match at every depth, beyond one word of the bit stack too.
    let mixed = String(repeating: "[{\"a\":", count: 60)
    _ = try JSONText(validating: mixed + "1" + String(repeating: "}]", count: 60))
    for level in 0..<60 {
      let closing = (0..<60).map { $0 == level ? "]}" : "}]" }.joined()
      #expect(throws: JSONSyntaxError.self) { try JSONText(validating: mixed + "1" + closing) }
    }
    let utf8 = #expect(throws: JSONSyntaxError.self) { try JSONText(validating: [0x22, 0xFF, 0x22]) }
    #expect(utf8?.code == .invalidUTF8)
    #expect(utf8?.offset == 1)
  }

  @Test func equalityIsByBytes() throws {
    let slice = try #require(try Message(decoding: Array(WireSamples.options.utf8)).options["anything"])
    let whole = try JSONText(validating: #"{"a":1}"#)
    #expect(slice == whole && slice.hashValue == whole.hashValue)
    #expect(try JSONText(validating: "1") != JSONText(validating: "1.0"))
  }

  @Test func arrays() throws {
    let four = try JSONText(validating: "4")
    #expect(JSONText.emptyArray.appending(four).text == "[4]")
    #expect(try JSONText(validating: "[ ]").appending(four).appending(four).text == "[ 4,4]")
    #expect(try JSONText(validating: "[1, [2]]").appending(.emptyObject).text == "[1, [2],{}]")
    #expect(four.appending(.null).text == "[4,null]")
    #expect(try JSONText(validating: #"[1, "a,]" ,[2]]"#).elements?.map(\.text) == ["1", #""a,]""#, "[2]"])
    #expect(JSONText.emptyArray.elements == [])
    #expect(JSONText.emptyObject.elements == nil)
    #expect(JSONText.array([]) == .emptyArray)
  }

  @Test func pythonTruth() throws {
    for text in ["null", "false", "0", "-0", "0.0", "0e7", "-0.0", "1e-400", "\"\"", "[]", "{}", "[ ]", "{\n}"] {
      #expect(try !JSONText(validating: text).isTruthy, "\(text)")
    }
    for text in ["true", "1", "-1", "0.1", "NaN", "-Infinity", "\"0\"", "\" \"", "[0]", "{\"a\":0}", "1e400"] {
      #expect(try JSONText(validating: text).isTruthy, "\(text)")
    }
  }

  @Test func freeValues() throws {
    let text = try JSONText(validating: #"{"b":[1,null,true],"a":{"x":"y"},"a":2,"\ud800":"\udc00"}"#)
    let value = JSONValue(text)
    #expect(value.members?.map(\.key) == ["b", "a", "a", "\u{FFFD}\u{FFFD}\u{FFFD}"])
    #expect(value["a"]?.intValue == 2)
    #expect(value["b"]?[0] == 1)
    #expect(value["b"]?[3] == nil && value["b"]?[-1] == nil)
    #expect(value["b"]?[1]?.isNull == true)
    let literal: JSONValue = ["s": "t", "n": nil, "i": 7, "d": 0.5, "b": true, "l": [1, "x"]]
    #expect(try JSONText(encoding: literal).text == #"{"s":"t","n":null,"i":7,"d":0.5,"b":true,"l":[1,"x"]}"#)
    #expect(JSONValue(try JSONText(encoding: literal)) == literal)
    #expect(JSONValue.integer(UInt64.max).intValue == nil)
    #expect(JSONValue.double(1e16) == .number("1e+16"))
  }

  @Test func freeValuesWorkWithOtherCoders() throws {
    let value: JSONValue = ["s": "t", "n": nil, "i": 7, "d": 0.5, "b": true, "l": [1, [], [:]]]
    let again = try JSONDecoder().decode(JSONValue.self, from: try JSONEncoder().encode(value))
    for key in ["s", "n", "i", "d", "b", "l"] { #expect(again[key] == value[key], "\(key)") }
    let text = try JSONText(validating: "[1,[true]]")
    #expect(try JSONDecoder().decode(JSONText.self, from: try JSONEncoder().encode(text)) == text)
  }

  @Test(arguments: [
    ("2026-11-23T08:51:00Z", 1_795_423_860.0), ("2026-11-23T08:51Z", 1_795_423_860),
    ("2026-11-23t08:51:00.25z", 1_795_423_860.25), ("2026-11-23 08:51:00", 1_795_423_860),
    ("2026-11-23T09:51:00+01:00", 1_795_423_860), ("2026-11-23T03:21:00-0530", 1_795_423_860),
    ("2026-11-23T10:51:00+02", 1_795_423_860), ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.5Z", -0.5),
    ("2000-02-29T00:00:00Z", 951_782_400), ("0001-01-01T00:00:00Z", -62_135_596_800),
    ("9999-12-31T23:59:59Z", 253_402_300_799),
  ])
  func dates(_ text: String, _ seconds: Double) throws {
    let date = try JSONText(encoding: text).decode(Date.self)
    #expect(date.timeIntervalSince1970 == seconds)
    #expect(try JSONText(encoding: date).decode(Date.self) == date)
  }

  @Test(arguments: [
    "", "2026", "2026-11-23", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
    "2026-00-10T00:00:00Z", "2026-01-00T00:00:00Z", "1900-02-29T00:00:00Z", "0000-01-01T00:00:00Z",
    "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z",
    "2026-01-01T00:00:00Zx", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+1", "２026-01-01T00:00:00Z",
    "2026-01-01T00:00:00.1234567890123456789Z", "+026-01-01T00:00:00Z",
  ])
  func notDates(_ text: String) throws {
    let text = try JSONText(encoding: text)
    #expect(throws: DecodingError.self) { try text.decode(Date.self) }
  }
}
