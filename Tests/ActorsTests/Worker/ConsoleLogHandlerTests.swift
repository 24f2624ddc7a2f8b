import Glibc
import Logging
import Testing

@testable import Actors

@Suite("Log lines")
struct ConsoleLogHandlerTests {
  /// What a logger writes.
  private func written(_ format: ConsoleLogHandler.Format, _ body: (Logger) -> Void) throws -> String {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let output = ends[1]
    var logger = Logger(label: "test") {
      ConsoleLogHandler(label: $0, level: .debug, format: format, metadataProvider: nil, output: output)
    }
    logger[metadataKey: "always"] = "here"
    body(logger)
    close(ends[1])
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(ends[0], &bytes, bytes.count)
    close(ends[0])
    return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
  }

  @Test("JSON lines are JSON, whatever they are made of")
  func json() throws {
    let text = try written(.json) { logger in
      logger.warning(
        "a \"quoted\"\nline",
        metadata: [
          "key": "va\u{1b}lue", "level": "mine", "list": ["a", "b"], "map": ["z": "1", "a": "2"],
        ])
    }
    #expect(text.hasSuffix("\n"))
    #expect(text.split(separator: "\n").count == 1)
    let value = JSONValue(try JSONText(validating: Array(text.utf8.dropLast())))
    #expect(value["level"] == "warning")
    #expect(value["msg"] == "a \"quoted\"\nline")
    #expect(value["logger"] == "test")
    #expect(value["key"] == "va\u{1b}lue")
    #expect(value["metadata.level"] == "mine")
    #expect(value["list"] == ["a", "b"])
    #expect(value["map"]?["a"] == "2")
    #expect(value["always"] == "here")
    #expect(value["pid"]?.intValue == Int(getpid()))
    #expect(value["ts"]?.stringValue?.hasSuffix("Z") == true)
  }

  @Test("Text lines are one line each, with control characters escaped")
  func text() throws {
    let text = try written(.text) { logger in
      logger.error("two\nlines", metadata: ["plain": "value", "spaced": "a b", "quoted": "\"", "empty": ""])
      logger.trace("below the level")
    }
    #expect(text.split(separator: "\n").count == 1)
    #expect(text.contains(#" error    test: two\u{a}lines always=here empty="" plain=value quoted="\"" spaced="a b""#))
  }

  @Test(
    "Times are UTC with milliseconds",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (951_782_400_007, "2000-02-29T00:00:00.007Z"),
      (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ] as [(Int64, String)])
  func timestamps(milliseconds: Int64, text: String) {
    #expect(Timestamp.text(milliseconds: milliseconds) == text)
  }
}
