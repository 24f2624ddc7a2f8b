import Actors
import TestSupport
import Testing

/// Bodies compared byte for byte with what dramatiq's own encoder writes.
@Suite struct EncodingInteropTests {
  private static let id = "96da672b-d65e-4e6a-a62c-68252b020797"
  private static let time: Int64 = 1_795_373_184_659

  private static func message(
    _ arguments: JSONText = .emptyArray, keywords: JSONText = .emptyObject, options: MessageOptions = MessageOptions(),
    queue: String = "cap", actor: String = "add", id: String = id
  ) -> Message {
    Message(
      queueName: queue, actorName: actor, arguments: arguments, keywordArguments: keywords, options: options, id: id,
      timestamp: time)
  }

  private struct Keywords: Codable {
    var name: String
    var count: Int
  }

  /// The table of `encode.py`, built from Swift values.
  private static func table() throws -> [String: Message] {
    func list(_ values: some Encodable) throws -> JSONText { try JSONText(encoding: values) }
    var options = MessageOptions()
    options.set("max_retries", to: 3)
    options.set("time_limit", to: 1_000)
    options.set("broker_priority", to: 5)
    options.set("on_success", to: "done")
    options.set("pipe_ignore", to: true)
    options["anything"] = try list(["a": 1])
    var null = MessageOptions()
    null["max_retries"] = try JSONText(validating: Array("null".utf8))
    null.set("eta", to: Int64(1_795_373_186_177))
    var delayed = MessageOptions()
    delayed.set("eta", to: Int64(1_795_373_186_177))
    let inner = message(try list([4]), id: "627a1602-5e16-45b6-816d-49fcbb8b7562")
    var pipeline = MessageOptions()
    pipeline["pipe_target"] = try JSONText(validating: inner.encoded())
    let big: [JSONValue] = [.number("1180591620717411303424"), .number("-1267650600228229401496703205376")]
    return [
      "plain": message(try list([1, 2])), "none": message(),
      "keywords": message(keywords: try list(Keywords(name: "openssl", count: 3))),
      "unicode": message(
        try list(["é☃😀\"/\n\u{7F}", "\u{2028}\u{FEFF}\u{0}\u{1F}\t\r\u{8}\u{C}\\", "𝄞x𝄞"])),
      "numbers": message(
        try list([1.0, 2.5, 1e300, 1e-07, -0.0, 1.7976931348623157e308, 123456789.125, 1e16, 1e15])),
      "integers": message(
        try list([
          JSONValue.number("0"), .number("-1"), .number("9007199254740992"), .number("\(Int64.max)"),
          .number("\(Int64.min)"),
          .number("\(UInt64.max)"),
        ])),
      "big": message(try list(big)), "tokens": message(try list([Double.nan, .infinity, -.infinity])),
      "nested": message(
        try list([[], [:], [[1], ["a": [true, false, nil]]], ["b": ["c": [:]]]] as [JSONValue])),
      "keys": message(try list([["ключ": 1, "a\"b": 2, "": 3]] as [JSONValue])),
      "options": message(try list([1, 2]), options: options), "null option": message(options: null),
      "delayed": message(try list([1, 2]), options: delayed, queue: "cap.DQ"),
      "pipeline": message(try list([1]), options: pipeline),
      "names": message(queue: "a-b.c_d", actor: "Füße \"x\""),
    ]
  }

  /// What Swift writes for the same values is what dramatiq writes; what dramatiq wrote comes out of Swift unchanged.
  @Test func bodiesEqualDramatiqsByteForByte() async throws {
    let expected = try await PythonPeer.encodings()
    let table = try Self.table()
    #expect(Set(expected.keys) == Set(table.keys))
    for (name, body) in expected {
      let text = String(decoding: body, as: UTF8.self)
      let built = table[name].map { String(decoding: $0.encoded(), as: UTF8.self) }
      #expect(built == text, "\(name): built from Swift values")
      let decoded = try Message(decoding: body)
      #expect(String(decoding: decoded.encoded(), as: UTF8.self) == text, "\(name): decoded and encoded")
    }
  }
}
