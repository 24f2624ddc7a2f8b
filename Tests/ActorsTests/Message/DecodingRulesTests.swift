import Actors
import Testing

/// What a strict consumer accepts and refuses: bodies that are broken, hostile, or merely odd.
@Suite struct DecodingRulesTests {
  typealias Code = MessageDecodingError.Code

  struct Verdict: Sendable, CustomStringConvertible {
    var body: [UInt8]
    var code: Code?
    var description: String { "\(String(decoding: body.prefix(100), as: UTF8.self)): \(code?.rawValue ?? "accepted")" }
    init(_ body: String, _ code: Code?) { self.init(Array(body.utf8), code) }
    init(_ body: [UInt8], _ code: Code?) {
      self.body = body
      self.code = code
    }
  }

  /// A body with some of its fields replaced; an empty text leaves a field out.
  static func body(_ changes: KeyValuePairs<String, String> = [:], extra: String = "") -> String {
    var fields: [(String, String)] = [
      ("queue_name", #""q""#), ("actor_name", #""a""#), ("args", "[]"), ("kwargs", "{}"), ("options", "{}"),
      ("message_id", #""m""#), ("message_timestamp", "1"),
    ]
    for (name, value) in changes {
      for index in fields.indices where fields[index].0 == name { fields[index].1 = value }
    }
    return "{" + fields.filter { !$0.1.isEmpty }.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + extra + "}"
  }

  static func args(_ text: String) -> String { body(["args": "[\(text)]"]) }

  static let broken: [Verdict] = [
    Verdict("", .syntax), Verdict(" \n", .syntax), Verdict("nonsense", .syntax), Verdict("hello", .syntax),
    Verdict("{", .syntax), Verdict("{}", .missingKey), Verdict("[]", .notAnObject), Verdict("null", .notAnObject),
    Verdict("5", .notAnObject), Verdict(#""text""#, .notAnObject), Verdict("{]", .syntax), Verdict("{,}", .syntax),
    Verdict(body() + "x", .syntax), Verdict(body() + body(), .syntax), Verdict(body() + "\0", .syntax),
    Verdict(body(extra: ","), .syntax), Verdict(body(extra: ", "), .syntax), Verdict("{queue_name:1}", .syntax),
    Verdict("{'queue_name':1}", .syntax), Verdict("/* */" + body(), .syntax),
    Verdict([0xEF, 0xBB, 0xBF] + Array(body().utf8), .syntax),
    Verdict(body().utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, .syntax),
    Verdict(body().utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }, .syntax),
    Verdict([0xFF, 0xFE] + body().utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, .syntax),
  ]

  static let fields: [Verdict] = [
    Verdict(body(), nil), Verdict(body(["message_id": "", "message_timestamp": ""]), nil),
    Verdict(body(["queue_name": ""]), .missingKey), Verdict(body(["actor_name": ""]), .missingKey),
    Verdict(body(["args": ""]), .missingKey), Verdict(body(["kwargs": ""]), .missingKey),
    Verdict(body(["options": ""]), .missingKey),
    Verdict(body(["queue_name": "null"]), .wrongType), Verdict(body(["queue_name": "5"]), .wrongType),
    Verdict(body(["actor_name": "[]"]), .wrongType), Verdict(body(["actor_name": "{"]), .syntax),
    Verdict(body(["args": "null"]), .wrongType), Verdict(body(["args": #""ab""#]), .wrongType),
    Verdict(body(["args": "{}"]), .wrongType), Verdict(body(["kwargs": "null"]), .wrongType),
    Verdict(body(["kwargs": "[]"]), .wrongType), Verdict(body(["options": "null"]), .wrongType),
    Verdict(body(["options": "[]"]), .wrongType), Verdict(body(["message_id": "5"]), .wrongType),
    Verdict(body(["message_id": "null"]), .wrongType), Verdict(body(["message_id": #""""#]), nil),
    Verdict(body(["message_id": "\"" + String(repeating: "x", count: 255) + "\""]), nil),
    Verdict(body(["message_id": "\"" + String(repeating: "x", count: 256) + "\""]), .wrongType),
    Verdict(body(["message_id": "\"" + String(repeating: "é", count: 128) + "\""]), .wrongType),
    Verdict(body(["message_timestamp": "1.9"]), nil), Verdict(body(["message_timestamp": "-1"]), nil),
    Verdict(body(["message_timestamp": "1e3"]), nil), Verdict(body(["message_timestamp": "1e400"]), .wrongType),
    Verdict(body(["message_timestamp": "NaN"]), .wrongType), Verdict(body(["message_timestamp": "true"]), .wrongType),
    Verdict(body(["message_timestamp": "9223372036854775807"]), nil),
    Verdict(body(["message_timestamp": "9223372036854775808"]), .wrongType),
    Verdict(body(["message_timestamp": "-9223372036854775808"]), nil),
    Verdict(body(["message_timestamp": "-9223372036854775809"]), .wrongType),
    Verdict(body(["message_timestamp": #""1""#]), .wrongType), Verdict(body(["message_timestamp": "null"]), .wrongType),
    Verdict(body(extra: #","redis_message_id":"x""#), .unknownKey), Verdict(body(extra: #","":1"#), .unknownKey),
    Verdict(body(extra: #","Args":1"#), .unknownKey), Verdict(body(extra: #","\ud800":1"#), .unknownKey),
    Verdict(#"{"queue\u005fname":"q","actor_name":"a","args":[],"kwargs":{},"options":{}}"#, nil),
  ]

  static let manyMembers = (0..<40).map { "\"k\($0)\":1" }.joined(separator: ",")

  static let duplicates: [Verdict] = [
    Verdict(body(extra: #","args":[]"#), .duplicateKey), Verdict(body(extra: #","message_id":"m""#), .duplicateKey),
    Verdict(body(extra: #","\u0061rgs":[]"#), .duplicateKey),
    Verdict(body(["options": #"{"eta":1,"eta":1}"#]), .duplicateKey),
    Verdict(body(["options": #"{"eta":1,"\u0065ta":1}"#]), .duplicateKey),
    Verdict(body(["kwargs": #"{"a":1,"b":2,"a":3}"#]), .duplicateKey),
    Verdict(body(["kwargs": #"{"é":1,"\u00e9":3}"#]), .duplicateKey),
    Verdict(body(["kwargs": "{\"é\":1,\"e\u{301}\":3}"]), nil),
    Verdict(body(["options": "{\"é\":1,\"e\u{301}\":3}"]), nil),
    Verdict(body(["kwargs": #"{"\ud800":1,"\ud801":2}"#]), nil),
    Verdict(body(["kwargs": #"{"\ud800":1,"\ud800":2}"#]), .duplicateKey),
    Verdict(body(["kwargs": "{" + manyMembers + "}"]), nil),
    Verdict(body(["kwargs": "{" + manyMembers + #","k7":1}"#]), .duplicateKey),
    Verdict(body(["kwargs": "{" + manyMembers + #","k39":1}"#]), .duplicateKey),
    Verdict(body(["kwargs": #"{"a":{"x":1,"x":2}}"#]), nil), Verdict(args(#"{"x":1,"x":2}"#), nil),
  ]

  static let texts: [Verdict] = [
    Verdict(args(#""\ud800""#), nil), Verdict(args(#""\udc00\ud800""#), nil), Verdict(args(#""\ud83d\ude00""#), nil),
    Verdict(body(["kwargs": #"{"a":"\ud800"}"#]), nil), Verdict(body(["options": #"{"a":"\ud800"}"#]), nil),
    Verdict(body(["options": #"{"\ud800":1}"#]), .wrongType), Verdict(body(["queue_name": #""\ud800""#]), .wrongType),
    Verdict(body(["actor_name": #""a\udfff""#]), .wrongType), Verdict(body(["message_id": #""\ud800x""#]), .wrongType),
    Verdict(body(["actor_name": #""a\u0000b""#]), nil), Verdict(body(["actor_name": "\"a\0b\""]), .syntax),
    Verdict(args("\"\n\""), .syntax), Verdict(args("\"\u{1F}\""), .syntax), Verdict(args("\"\u{7F}\""), nil),
    Verdict(args(#""\x""#), .syntax), Verdict(args(#""\u12g4""#), .syntax), Verdict(args(#""\u12""#), .syntax),
    Verdict(args(#""\U0041""#), .syntax), Verdict(args(#""\/\b\f\n\r\t\"\\""#), nil), Verdict(args("'a'"), .syntax),
  ]

  static func withBytes(_ bytes: [UInt8]) -> [UInt8] {
    let halves = args("\"@\"").split(separator: "@")
    return Array(halves[0].utf8) + bytes + Array(halves[1].utf8)
  }

  static let encodings: [Verdict] = [
    Verdict(withBytes(Array("é☃😀\u{10FFFF}\u{7FF}\u{800}\u{FFFF}\u{10000}".utf8)), nil),
    Verdict(withBytes([0x80]), .invalidUTF8), Verdict(withBytes([0xC0, 0x80]), .invalidUTF8),
    Verdict(withBytes([0xC1, 0xBF]), .invalidUTF8), Verdict(withBytes([0xC3]), .invalidUTF8),
    Verdict(withBytes([0xC3, 0x28]), .invalidUTF8), Verdict(withBytes([0xE0, 0x9F, 0xBF]), .invalidUTF8),
    Verdict(withBytes([0xED, 0xA0, 0x80]), .invalidUTF8), Verdict(withBytes([0xE2, 0x98]), .invalidUTF8),
    Verdict(withBytes([0xE2, 0x98, 0x28]), .invalidUTF8), Verdict(withBytes([0xF0, 0x8F, 0xBF, 0xBF]), .invalidUTF8),
    Verdict(withBytes([0xF0, 0x9F, 0x98]), .invalidUTF8), Verdict(withBytes([0xF4, 0x90, 0x80, 0x80]), .invalidUTF8),
    Verdict(withBytes([0xF5, 0x80, 0x80, 0x80]), .invalidUTF8), Verdict(withBytes([0xFF]), .invalidUTF8),
    Verdict(Array(args("@").utf8).map { $0 == UInt8(ascii: "@") ? 0xC3 : $0 }, .syntax),
  ]

  static let numbers: [Verdict] =
    ["0", "-0", "1", "-1.5", "1e5", "1E+5", "1e-05", "0.0", "1e400", "1180591620717411303424", "NaN", "Infinity",
      "-Infinity", "true", "false", "null", String(repeating: "9", count: 5_000),
    ].map { Verdict(args($0), nil) }
    + ["01", "-", "+1", ".5", "1.", "1.e5", "1e", "1e+", "--1", "0x10", "1_000", "-NaN", "nan", "inf", "+Infinity",
      "Infinit", "-Infinit", "tru", "True", "None", "nul", "1 2", "1,,2", ",1", "1,", "undefined", "-01", "1a",
    ].map { Verdict(args($0), .syntax) }

  static let hostileOptions: [Verdict] =
    ["-9223372036854775808", "9223372036854775808", "1e999", "-1", "253402300799999", "null", #""soon""#, "[[]]"]
    .flatMap { value in ["eta", "retries", "delay", "max_retries", "time_limit"].map { (value, $0) } }
    .map { Verdict(body(["options": "{\"\($0.1)\":\($0.0)}"]), nil) }

  @Test(arguments: [broken, fields, duplicates, texts, encodings, numbers, hostileOptions])
  func verdicts(_ table: [Verdict]) {
    for verdict in table {
      do {
        let message = try Message(decoding: verdict.body)
        #expect(verdict.code == nil, "\(verdict) but it was accepted")
        expectStable(message)
      } catch {
        #expect(error.code == verdict.code, "\(verdict) but: \(error)")
        #expect((0...verdict.body.count).contains(error.offset))
      }
    }
  }

  private func expectStable(_ message: Message) {
    #expect(throws: Never.self) {
      let again = try Message(decoding: message.encoded())
      #expect(again == message)
    }
  }

  @Test func everyPrefixFailsCleanly() {
    for sample in WireSamples.all {
      let body = Array(sample.utf8)
      for length in 0..<body.count {
        #expect(throws: MessageDecodingError.self) { try Message(decoding: Array(body[..<length])) }
      }
    }
  }

  @Test func depthIsBounded() throws {
    func nested(_ levels: Int, _ open: String, _ close: String, inner: String = "") -> [UInt8] {
      // The envelope and the arguments are two levels themselves.
      let depth = levels - 2
      return Array(
        Self.args(String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)).utf8)
    }
    for (open, close, inner) in [("[", "]", ""), (#"{"a":"#, "}", "1"), (#"[{"a":"#, "}]", "1")] {
      let step = open.hasPrefix("[{") ? 2 : 1
      _ = try Message(decoding: nested(2 + 126 / step, open, close, inner: inner))
      let error = #expect(throws: MessageDecodingError.self) {
        try Message(decoding: nested(2 + 126 / step + 1, open, close, inner: inner))
      }
      #expect(error?.code == .depth)
      let deep = #expect(throws: MessageDecodingError.self) {
        try Message(decoding: nested(100_000, open, close, inner: inner))
      }
      #expect(deep?.code == .depth)
    }
    for open in ["[", #"{"a":"#] {
      let unclosed = Array((#"{"args":"# + String(repeating: open, count: 100_000)).utf8)
      #expect(throws: MessageDecodingError.self) { try Message(decoding: unclosed) }
    }
  }

  @Test func limitsCanBeSet() throws {
    let body = Array(Self.args("[[1]]").utf8)
    _ = try Message(decoding: body, limits: DecodingLimits(maxDepth: 4))
    for depth in [-1, 0, 1, 2, 3] {
      let error = #expect(throws: MessageDecodingError.self) {
        try Message(decoding: body, limits: DecodingLimits(maxDepth: depth))
      }
      #expect(error?.code == .depth, "depth \(depth)")
    }
    #expect(DecodingLimits(maxDepth: .max).maxDepth == 512)
    let levels = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    let deep = try Message(decoding: Array(Self.args(levels).utf8), limits: DecodingLimits(maxDepth: 512))
    #expect(try deep.arguments.decode(JSONValue.self)[0]?[0]?.arrayValue?.count == 1)
  }

  @Test func sizeIsBounded() throws {
    let large = Array(Self.args("\"" + String(repeating: "x", count: 16 * 1_024 * 1_024) + "\"").utf8)
    let error = #expect(throws: MessageDecodingError.self) { try Message(decoding: large) }
    #expect(error?.code == .tooLarge)
    let message = try Message(decoding: large, limits: DecodingLimits(maxBodySize: large.count))
    #expect(message.encoded() == large)
  }

  @Test func errorsQuoteUntrustedTextInPartOnly() throws {
    let name = String(repeating: "secret", count: 100)
    let long = #expect(throws: MessageDecodingError.self) {
      try Message(decoding: Array(Self.body(extra: ",\"\(name)\":1").utf8))
    }
    #expect((long?.description.utf8.count ?? .max) < 200)
    let controls = #expect(throws: MessageDecodingError.self) {
      try Message(decoding: Array(Self.body(["args": "\"\u{9B}\u{202E}\""]).utf8))
    }
    #expect(controls?.message == "args: expected an array, got \"\\u{9b}\\u{202e}\"")
    let located = #expect(throws: MessageDecodingError.self) { try Message(decoding: Array("{\"args\":[1,x]}".utf8)) }
    #expect(located?.offset == 11)
    #expect(located?.description == "invalid message (syntax): at byte 11: expected a JSON value, got 'x'")
  }
}
