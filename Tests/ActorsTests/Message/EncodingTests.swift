import Actors
import FoundationEssentials
import Testing

@Suite struct EncodingTests {
  @Test func doublesAreSpelledAsInPython() throws {
    for (bits, spelling) in PythonSpellings.doubles {
      let value = Double(bitPattern: bits)
      let text = try JSONText(encoding: value)
      #expect(text.text == spelling)
      #expect(text.doubleValue?.bitPattern == bits, "\(spelling)")
      #expect(try text.decode(Double.self).bitPattern == bits)
    }
    #expect(try JSONText(encoding: [Double.nan, .infinity, -.infinity]).text == "[NaN,Infinity,-Infinity]")
    #expect(try JSONText(encoding: [Float(0.1), 16_777_216, 1e-7, .infinity]).text == "[0.1,16777216.0,1e-07,Infinity]")
  }

  @Test func stringsAreSpelledAsInPython() throws {
    for (string, spelling) in PythonSpellings.strings {
      let text = try JSONText(encoding: string)
      #expect(text.text == spelling)
      #expect(text.stringValue == string)
    }
  }

  @Test func integersKeepAllDigits() throws {
    #expect(try JSONText(encoding: [Int64.min, 0, .max]).text == "[-9223372036854775808,0,9223372036854775807]")
    #expect(try JSONText(encoding: [UInt64.max]).text == "[18446744073709551615]")
    #expect(try JSONText(encoding: [Int128.min]).text == "[-170141183460469231731687303715884105728]")
    #expect(try JSONText(encoding: UInt128.max).text == "340282366920938463463374607431768211455")
    #expect(try JSONText(encoding: [Int8.min, .max]).text == "[-128,127]")
  }

  struct Everything: Codable, Equatable {
    var z = "last first"
    var a = [1, 2, 3]
    var nothing: String?
    var nested = ["k": [true, false]]
    var value: JSONValue = ["big": .number("1180591620717411303424"), "one": 1.0, "nan": .number("NaN")]
    var date = Date(timeIntervalSince1970: 1_795_373_184)
    var data = Data([0, 1, 2, 255])
    var url = URL(string: "https://example.org/a?b=c")
    var decimal = Decimal(string: "0.1")
    var empty = Empty()
    var optionals: [Int?] = [1, nil]
  }

  struct Empty: Codable, Equatable {}

  @Test func propertiesComeInTheirOrder() throws {
    let text = try JSONText(encoding: Everything())
    #expect(
      text.text == #"{"z":"last first","a":[1,2,3],"nested":{"k":[true,false]},"#
        + #""value":{"big":1180591620717411303424,"one":1.0,"nan":NaN},"date":"2026-11-22T18:46:24Z","#
        + #""data":"AAEC/w==","url":"https://example.org/a?b=c","decimal":0.1,"empty":{},"optionals":[1,null]}"#)
    #expect(try text.decode(Everything.self) == Everything())
  }

  /// Fills its containers out of turn, as the protocol allows.
  struct Interleaved: Encodable {
    enum Key: String, CodingKey { case first, list, object, last, `super` }
    func encode(to encoder: any Encoder) throws {
      var outer = encoder.container(keyedBy: Key.self)
      var list = outer.nestedUnkeyedContainer(forKey: .list)
      var object = outer.nestedContainer(keyedBy: Key.self, forKey: .object)
      try outer.encode(1, forKey: .first)
      try list.encode("a")
      try object.encode(2, forKey: .last)
      var deep = list.nestedContainer(keyedBy: Key.self)
      try list.encode("b")
      try deep.encode([3], forKey: .first)
      try outer.encode(4, forKey: .last)
      try 5.encode(to: outer.superEncoder())
      try object.encode(6, forKey: .first)
    }
  }

  @Test func containersMayBeFilledInAnyOrder() throws {
    #expect(
      try JSONText(encoding: [Interleaved()]).text
        == #"[{"list":["a",{"first":[3]},"b"],"object":{"last":2,"first":6},"first":1,"last":4,"super":5}]"#)
  }

  class Base: Codable {
    var base = 1
    init() {}
  }

  final class Derived: Base {
    var own = 2
    enum Key: String, CodingKey { case own }
    override init() { super.init() }
    required init(from decoder: any Decoder) throws {
      own = try decoder.container(keyedBy: Key.self).decode(Int.self, forKey: .own)
      try super.init(from: decoder)
    }
    override func encode(to encoder: any Encoder) throws {
      try super.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(own, forKey: .own)
    }
  }

  @Test func twoContainersOfOneValueShareAnObject() throws {
    let text = try JSONText(encoding: Derived())
    #expect(text.text == #"{"base":1,"own":2}"#)
    #expect(try text.decode(Derived.self).own == 2)
  }

  struct Choosy: Encodable {
    enum Key: String, CodingKey { case good, bad, after }
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(1, forKey: .good)
      try? container.encode([JSONValue.number("1"), .number("abc")], forKey: .bad)
      try container.encode(2, forKey: .after)
    }
  }

  struct Twice: Encodable {
    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(1)
      try container.encode(2)
    }
  }

  struct Torn: Encodable {
    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      try container.encode(1)
      _ = encoder.container(keyedBy: EncodingTests.Choosy.Key.self)
    }
  }

  /// Counts how many of its kind are alive.
  final class Witness: Encodable {
    let counter: Counter
    init(_ counter: Counter) {
      self.counter = counter
      counter.alive += 1
    }
    deinit { counter.alive -= 1 }

    final class Counter { var alive = 0 }

    /// A key that keeps its witness alive as long as somebody holds the key.
    struct Key: CodingKey {
      let stringValue = "key"
      let intValue: Int? = nil
      nonisolated(unsafe) let witness: Witness?
      init(_ witness: Witness) { self.witness = witness }
      init?(stringValue: String) { nil }
      init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      var nested = container.nestedContainer(keyedBy: Key.self, forKey: Key(self))
      var deeper = nested.nestedUnkeyedContainer(forKey: Key(self))
      try deeper.encode(1)
      try deeper.encode(JSONValue.number("none"))
    }
  }

  @Test func encodersAreFreedWhateverHappens() {
    let counter = Witness.Counter()
    #expect(throws: EncodingError.self) { try JSONText(encoding: Witness(counter)) }
    #expect(throws: EncodingError.self) { try JSONText(encoding: [[Witness(counter)]]) }
    #expect(throws: EncodingError.self) { try PositionalArguments.encode(1, Witness(counter)) }
    struct Tolerant: Encodable {
      let counter: Counter
      typealias Counter = Witness.Counter
      func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try? container.encode(Witness(counter))
        try container.encode(2)
      }
    }
    #expect((try? JSONText(encoding: Tolerant(counter: counter)))?.text == "[2]")
    #expect(counter.alive == 0)
  }

  @Test func whatFailsLeavesNoTrace() throws {
    #expect(try JSONText(encoding: Choosy()).text == #"{"good":1,"after":2}"#)
  }

  @Test func valuesWithoutAFormAreRefused() {
    #expect(throws: EncodingError.self) { try JSONText(encoding: Twice()) }
    #expect(throws: EncodingError.self) { try JSONText(encoding: Torn()) }
    for number in ["", "abc", "1 ", " 1", "01", "true", "\"1\"", "[1]", "1,2"] {
      #expect(throws: EncodingError.self, "\(number)") { try JSONText(encoding: JSONValue.number(number)) }
    }
    #expect(throws: EncodingError.self) { try JSONText(encoding: Date(timeIntervalSince1970: .infinity)) }
    #expect(throws: EncodingError.self) { try JSONText(encoding: Date.distantFuture.addingTimeInterval(1e12)) }
    #expect(throws: EncodingError.self) { try JSONText(encoding: Decimal.nan) }
    #expect(throws: EncodingError.self) { try KeywordArguments.encode([1, 2]) }
    #expect(throws: EncodingError.self) { try KeywordArguments.encode(5) }
  }

  indirect enum Chain: Encodable {
    case end
    case link(Chain)
    func encode(to encoder: any Encoder) throws {
      var container = encoder.unkeyedContainer()
      if case .link(let next) = self { try container.encode(next) }
    }
  }

  @Test func depthThatNobodyWouldReadIsRefused() throws {
    func chain(_ levels: Int) -> Chain { (1..<levels).reduce(.end) { chain, _ in .link(chain) } }
    func value(_ levels: Int) -> JSONValue { (1..<levels).reduce([]) { value, _ in .array([value]) } }
    for text in [try JSONText(encoding: chain(126)), try JSONText(encoding: value(126))] {
      let message = Message(queueName: "q", actorName: "a", arguments: .array([text]))
      #expect(try Message(decoding: message.encoded()) == message)
    }
    #expect(throws: EncodingError.self) { try JSONText(encoding: chain(127)) }
    #expect(throws: EncodingError.self) { try JSONText(encoding: value(127)) }
    #expect(throws: EncodingError.self) { try JSONText(encoding: chain(5_000)) }
  }

  @Test func argumentsByPositionAndByName() throws {
    #expect(try PositionalArguments.encode() == .emptyArray)
    #expect(try PositionalArguments.encode("a", 1, [2.5], Int?.none, true).text == #"["a",1,[2.5],null,true]"#)
    #expect(try KeywordArguments.encode(Empty()) == .emptyObject)
    #expect(try KeywordArguments.encode(["k": 1]).text == #"{"k":1}"#)
  }
}
