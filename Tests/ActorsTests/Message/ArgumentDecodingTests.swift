import Actors
import FoundationEssentials
import Testing

@Suite struct ArgumentDecodingTests {
  static func message(_ args: String, _ kwargs: String = "{}") throws -> Message {
    Message(
      queueName: "q", actorName: "a", arguments: try JSONText(validating: args),
      keywordArguments: try JSONText(validating: kwargs))
  }

  static func decode<T: Decodable>(_ type: T.Type, _ args: String, _ kwargs: String = "{}") throws -> T {
    try message(args, kwargs).decodeArguments(as: type)
  }

  /// The text of the error that the arguments give.
  static func fault<T: Decodable>(_ type: T.Type, _ args: String, _ kwargs: String = "{}") throws -> String? {
    let message = try message(args, kwargs)
    do {
      _ = try message.decodeArguments(as: type)
      return nil
    } catch { return error.message }
  }

  struct Package: Codable, Equatable {
    var name: String
    var version: Int
    var dependencies: [String]?
  }

  struct Nothing: Codable, Equatable {}

  @Test(arguments: [
    (#"["x",1,["y"]]"#, "{}"), (#"["x",1]"#, #"{"dependencies":["y"]}"#),
    ("[]", #"{"dependencies":["y"],"version":1,"name":"x"}"#), (#"["x"]"#, #"{"version":1,"dependencies":["y"]}"#),
    (#" [ "\u0078" , 1 ] "#, #" { "dep\u0065ndencies" : [ "y" ] } "#), (#"["x",1.0,["y"]]"#, "{}"),
  ])
  func positionAndNameFillTheSameStruct(_ args: String, _ kwargs: String) throws {
    #expect(try Self.decode(Package.self, args, kwargs) == Package(name: "x", version: 1, dependencies: ["y"]))
  }

  @Test(arguments: [(#"["x",1]"#, "{}"), (#"["x",1,null]"#, "{}"), (#"["x",1]"#, #"{"dependencies":null}"#)])
  func absentOptionalsAreNil(_ args: String, _ kwargs: String) throws {
    #expect(try Self.decode(Package.self, args, kwargs) == Package(name: "x", version: 1, dependencies: nil))
  }

  @Test func faultsNameTheArgument() throws {
    let table: [(String, String, String)] = [
      ("[]", "{}", "argument name is missing"),
      (#"["x"]"#, "{}", "argument version is missing"),
      (#"["x",1]"#, #"{"name":"y"}"#, "argument name is given twice: in position 1 and by name"),
      (#"["x",1]"#, #"{"version":1}"#, "argument version is given twice: in position 2 and by name"),
      (#"["x",1,[],4,5]"#, "{}", "5 positional arguments; expected at most 3 (it takes name, version, dependencies)"),
      (#"["x",1]"#, #"{"nmae":1}"#, "no argument is named nmae (it takes name, version, dependencies)"),
      (#"[5,1]"#, "{}", "argument name (position 1): expected String, got 5"),
      (#"[null,1]"#, "{}", "argument name (position 1): expected String, got null"),
      (#"["x","1"]"#, "{}", #"argument version (position 2): expected Int, got "1""#),
      (#"["x"]"#, #"{"version":1.5}"#, "argument version: expected Int, got 1.5"),
      (#"["x"]"#, #"{"version":9223372036854775808}"#, "argument version: expected Int, got 9223372036854775808"),
      (#"["x"]"#, #"{"version":true}"#, "argument version: expected Int, got true"),
      (#"["x",1,["a",2]]"#, "{}", "argument dependencies[1] (position 3): expected String, got 2"),
      (#"["x",1,"a"]"#, "{}", #"argument dependencies (position 3): expected an array, got "a""#),
      (#"["\ud800",1]"#, "{}", #"argument name (position 1): expected String, got "\ud800""#),
    ]
    for (args, kwargs, expected) in table {
      #expect(try Self.fault(Package.self, args, kwargs) == expected)
    }
    #expect(try Self.fault(Nothing.self, "[1]") == "1 positional arguments; expected at most 0 (it takes none)")
    #expect(try Self.fault(Nothing.self, "[]", #"{"a":1}"#) == "no argument is named a (it takes none)")
    #expect(try Self.decode(Nothing.self, "[]") == Nothing())
  }

  @Test func valuesAreQuotedInPartOnly() throws {
    let secret = String(repeating: "s3cret-", count: 100)
    let fault = try #require(try Self.fault(Package.self, "[\"x\",\"\(secret)\"]"))
    #expect(fault.hasSuffix("…"))
    #expect(fault.utf8.count < 150)
    let unknown = try #require(try Self.fault(Package.self, #"["x",1]"#, "{\"\(secret)\":1}"))
    #expect(unknown.utf8.count < 200)
    struct Colour: Codable {
      enum Name: String, Codable { case red }
      var name: Name
    }
    #expect(try #require(try Self.fault(Colour.self, "[\"\(secret)\"]")).utf8.count < 260)
  }

  struct Picky: Decodable {
    struct Refusal: Error, CustomStringConvertible { var description: String { "no luck\u{1B}[0m" } }
    init(from decoder: any Decoder) throws { throw Refusal() }
  }

  @Test func otherErrorsAreInvalidArgumentsToo() throws {
    #expect(try Self.fault(Picky.self, "[]") == #"refused by the actor's message type: no luck\u{1b}[0m"#)
    #expect(try Self.fault([Int].self, "[1]")?.hasPrefix("a message decodes its arguments by name") == true)
    let repeated = Message(
      queueName: "q", actorName: "a", arguments: .emptyArray,
      keywordArguments: try JSONText(validating: #"{"a":1,"a":2}"#))
    #expect(throws: InvalidArguments.self) { try repeated.decodeArguments(as: Package.self) }
  }

  struct Scalars: Codable, Equatable {
    var a: Int8, b: UInt8, c: Int16, d: UInt16, e: Int32, f: UInt32, g: Int64, h: UInt64, i: Int, j: UInt
    var k: Float, l: Double, m: Bool, n: String
    var o: Int128, p: UInt128
  }

  @Test func everyScalar() throws {
    let args = "[-128,255,-32768,65535,-2147483648,4294967295,-9223372036854775808,18446744073709551615,-1,1,0.5,1e300,"
      + "true,\"s\",-170141183460469231731687303715884105728,340282366920938463463374607431768211455]"
    let scalars = Scalars(
      a: .min, b: .max, c: .min, d: .max, e: .min, f: .max, g: .min, h: .max, i: -1, j: 1, k: 0.5, l: 1e300, m: true,
      n: "s", o: .min, p: .max)
    #expect(try Self.decode(Scalars.self, args) == scalars)
    #expect(try Self.decode(Scalars.self, "[]", KeywordArguments.encode(scalars).text) == scalars)
  }

  struct One<T: Codable & Equatable & Sendable>: Codable, Equatable { var v: T }

  @Test func rangesAreKept() throws {
    func refuses<T: Codable & Equatable & Sendable>(_ type: T.Type, _ text: String) throws {
      #expect(try Self.fault(One<T>.self, "[\(text)]") != nil, "\(type) from \(text)")
    }
    for text in ["128", "-129", "1.5", "1e3", "NaN", "Infinity", "1e400", "\"1\"", "null", "true", "[]", "{}"] {
      try refuses(Int8.self, text)
    }
    for text in ["-1", "256", "-0.5"] { try refuses(UInt8.self, text) }
    for text in ["9007199254740993.0", "1e19", "-9223372036854775809"] { try refuses(Int.self, text) }
    for text in ["1e39", "-1e39", "\"1\"", "null", "true"] { try refuses(Float.self, text) }
    for text in ["0", "1", "\"true\"", "null"] { try refuses(Bool.self, text) }
    #expect(try Self.decode(One<Int>.self, "[1e3]").v == 1_000)
    #expect(try Self.decode(One<Int>.self, "[-0]").v == 0)
    #expect(try Self.decode(One<Double>.self, "[7]").v == 7)
    #expect(try Self.decode(One<Double>.self, "[NaN]").v.isNaN)
    #expect(try Self.decode(One<Double>.self, "[-Infinity]").v == -.infinity)
    #expect(try Self.decode(One<Float>.self, "[Infinity]").v == .infinity)
    #expect(try Self.decode(One<Double>.self, "[1e400]").v == .infinity)
    #expect(try Self.decode(One<[Double]>.self, "[[1,NaN,2.5]]").v[2] == 2.5)
  }

  @Test func numbersOfFreeValuesKeepTheirSpelling() throws {
    let text = #"[{"big":1180591620717411303424,"one":1.0,"n":NaN,"i":-Infinity,"e":1E+5,"s":"\u00e9"}]"#
    let value = try Self.decode(One<JSONValue>.self, text).v
    #expect(value["big"] == .number("1180591620717411303424"))
    #expect(value["one"] == .number("1.0"))
    #expect(value["e"]?.intValue == 100_000)
    #expect(value["n"]?.doubleValue?.isNaN == true)
    #expect(try JSONText(encoding: value).text == text.dropFirst().dropLast())
    #expect(try Self.decode(One<[String: [JSONValue]]>.self, #"[{"a":[1180591620717411303424]}]"#).v["a"]?.count == 1)
    #expect(try Self.fault(One<JSONValue>.self, #"["\ud800"]"#) != nil)
    #expect(try Self.decode(One<JSONValue?>.self, "[null]").v == nil)
    #expect(try Self.decode(One<JSONText>.self, "[[1, 2.0]]").v.text == "[1, 2.0]")
    #expect(try Self.decode(One<JSONText>.self, #"["\ud800"]"#).v.text == #""\ud800""#)
  }

  @Test func foundationTypes() throws {
    let date = Date(timeIntervalSince1970: 1_795_373_184)
    #expect(try Self.decode(One<Date>.self, #"["2026-11-22T18:46:24Z"]"#).v == date)
    #expect(try Self.decode(One<Date?>.self, #"["2026-11-22T20:46:24+02:00"]"#).v == date)
    #expect(try Self.decode(One<[Date]>.self, #"[["2026-11-22 18:46:24.5"]]"#).v == [date.addingTimeInterval(0.5)])
    #expect(try Self.decode(One<Data>.self, #"["AAEC/w=="]"#).v == Data([0, 1, 2, 255]))
    #expect(try Self.decode(One<URL>.self, #"["amqp://h/%2f"]"#).v.host() == "h")
    #expect(try Self.decode(One<Decimal>.self, "[0.10]").v == Decimal(string: "0.1"))
    let id = UUID()
    #expect(try Self.decode(One<UUID>.self, "[\"\(id)\"]").v == id)
    #expect(
      try Self.fault(One<Date>.self, #"["soon"]"#)
        == #"argument v (position 1): expected an ISO 8601 date and time, got "soon""#)
    for fault in [
      try Self.fault(One<Date>.self, "[5]"), try Self.fault(One<Data>.self, #"["*"]"#),
      try Self.fault(One<URL>.self, #"[""]"#), try Self.fault(One<Decimal>.self, #"["1"]"#),
      try Self.fault(One<UUID>.self, #"["1"]"#),
    ] { #expect(fault != nil) }
  }

  enum Command: Codable, Equatable {
    case stop
    case move(x: Int, y: Int)
  }

  struct Custom: Decodable, Equatable {
    enum Key: String, CodingKey { case old, new, nested, list }
    var value: Int
    var inner: Int
    var sum: Int
    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      value = (try? container.decode(Int.self, forKey: .new)) ?? -1
      if value < 0 { value = Int(try container.decode(String.self, forKey: .new)) ?? 0 }
      inner = try container.nestedContainer(keyedBy: Key.self, forKey: .nested).decode(Int.self, forKey: .old)
      var list = try container.nestedUnkeyedContainer(forKey: .list)
      sum = 0
      #expect(list.count == 3)
      while !list.isAtEnd {
        if try list.decodeNil() { continue }
        if let number = try? list.decode(Int.self) {
          sum += number
        } else {
          sum += try list.decode(String.self).utf8.count
        }
      }
      #expect(throws: DecodingError.self) { try list.decode(Int.self) }
    }
  }

  @Test func otherShapes() throws {
    #expect(try Self.decode(One<Command>.self, #"[{"move":{"x":1,"y":2}}]"#).v == .move(x: 1, y: 2))
    #expect(try Self.decode(One<Command>.self, #"[{"stop":{}}]"#).v == .stop)
    #expect(try Self.decode(One<[Int: String]>.self, #"[{"1":"a"}]"#).v == [1: "a"])
    #expect(try Self.decode([String: Int].self, "[]", #"{"a":1,"b":2}"#) == ["a": 1, "b": 2])
    #expect(try Self.decode(One<Set<String>>.self, #"[["a","b"]]"#).v == ["a", "b"])
    #expect(
      try Self.fault(One<[String: Int]>.self, #"[{"a":1,"a":2}]"#)
        == #"argument v (position 1): the key "a" comes twice"#)
    let custom = try Self.decode(Custom.self, #"["7",{"old":3},[1,null,"abc"]]"#)
    #expect((custom.value, custom.inner, custom.sum) == (7, 3, 4))
    let large = try JSONText(encoding: Dictionary(uniqueKeysWithValues: (0..<5_000).map { ("key\($0)", $0) }))
    #expect(try large.decode([String: Int].self).count == 5_000)
    #expect(try Self.decode([String: Int].self, "[]", large.text)["key4999"] == 4_999)
    #expect(try #require(try Self.fault([String: Int].self, "[1,2]", large.text)).utf8.count < 200)
  }

  @Test func deepTypesDoNotExhaustTheStack() throws {
    final class Tree: Codable { var child: Tree? }
    let text = String(repeating: #"{"child":"#, count: 100) + "null" + String(repeating: "}", count: 100)
    _ = try Self.decode(Tree.self, "[]", text)
  }
}
