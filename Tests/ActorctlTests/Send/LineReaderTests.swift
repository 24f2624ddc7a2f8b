import Foundation
import Testing

@testable import actorctl

@Suite("Reading lines")
struct LineReaderTests {
  private func lines(_ text: String, limit: Int = 1 << 20) throws -> [String] {
    let folder = try TemporaryFolder()
    let descriptor = open(try folder.write(text, to: "lines"), O_RDONLY)
    defer { close(descriptor) }
    var reader = LineReader(descriptor: descriptor, limit: limit)
    var result: [String] = []
    while let line = try reader.next() {
      result.append("\(line.number):\(String(decoding: line.bytes, as: UTF8.self))")
    }
    #expect(reader.consumed == text.utf8.count)
    return result
  }

  @Test func `with and without a last line feed`() throws {
    #expect(try lines("a\nb\n") == ["1:a", "2:b"])
    #expect(try lines("a\nb") == ["1:a", "2:b"])
    #expect(try lines("") == [])
    #expect(try lines("\n\n") == ["1:", "2:"])
    #expect(try lines("a\r\nb\r\n") == ["1:a", "2:b"])
  }

  @Test func `longer than a chunk`() throws {
    let long = String(repeating: "x", count: 700_000)
    #expect(try lines("\(long)\nshort\n\(long)", limit: 1 << 20) == ["1:\(long)", "2:short", "3:\(long)"])
  }

  @Test func `a line above the limit is refused with its number`() throws {
    let error = #expect(throws: CommandFailure.self) {
      try lines("ok\n" + String(repeating: "x", count: 1_000_000), limit: 300_000)
    }
    #expect(error?.code == .data)
    #expect(error?.message.contains("line 2") == true)
  }
}
