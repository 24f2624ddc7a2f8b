import NIOCore
import Testing

@testable import BoltDriver

@Suite struct ChunkTests {
  private func messages(
    _ bytes: [UInt8], pieces: Int, limits: ChunkDecoder.Limits = ChunkDecoder.Limits()
  ) throws -> [[UInt8]] {
    var decoder = ChunkDecoder(limits: limits)
    var found: [[UInt8]] = []
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      decoder.feed(ByteBuffer(bytes: bytes[start..<min(start + pieces, bytes.count)]))
      while let message = try decoder.next() { found.append(Array(buffer: message)) }
    }
    return found
  }

  @Test(arguments: 1...12)
  func messagesArePutTogetherHoweverTheyAreCut(_ pieces: Int) throws {
    let bytes: [UInt8] = [
      0, 2, 1, 2, 0, 0,  // one chunk
      0, 0,  // a sign of life
      0, 1, 3, 0, 2, 4, 5, 0, 1, 6, 0, 0,  // three chunks
      0, 0, 0, 0,
      0, 1, 7, 0, 0,
    ]
    #expect(try messages(bytes, pieces: pieces) == [[1, 2], [3, 4, 5, 6], [7]])
  }

  @Test(arguments: [1, 65_535, 65_536, 131_070, 200_000])
  func longMessagesAreCutAndComeBackWhole(_ size: Int) throws {
    var buffer = ByteBuffer(bytes: [9, 9])
    let start = ChunkEncoder.open(&buffer)
    let message = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    buffer.writeBytes(message)
    ChunkEncoder.close(&buffer, from: start)
    let bytes = Array(buffer: buffer)
    #expect(bytes.prefix(2) == [9, 9])
    let chunks = (size + 65_534) / 65_535
    #expect(bytes.count == 2 + size + 2 * chunks + 2)
    #expect(try messages(Array(bytes.dropFirst(2)), pieces: 4096) == [message])
  }

  @Test func twoMessagesMayStandInOneBuffer() throws {
    var buffer = ByteBuffer()
    let encoder = RequestEncoder(version: .v54)
    try encoder.encode(.commit, into: &buffer)
    try encoder.encode(.run(query: String(repeating: "x", count: 70_000), parameters: [:], start: nil), into: &buffer)
    try encoder.encode(.reset, into: &buffer)
    let found = try messages(Array(buffer: buffer), pieces: 1000)
    #expect(found.map { $0[1] } == [0x12, 0x10, 0x0F])
  }

  @Test func aFailedRequestLeavesNoTrace() throws {
    var buffer = ByteBuffer()
    let encoder = RequestEncoder(version: .v54)
    try encoder.encode(.commit, into: &buffer)
    let before = Array(buffer: buffer)
    let node = BoltValue.node(BoltNode(elementID: "1"))
    #expect(throws: PackStreamError.self) {
      try encoder.encode(.run(query: "x", parameters: ["n": node], start: nil), into: &buffer)
    }
    #expect(Array(buffer: buffer) == before)
  }

  @Test func aFloodOfEmptyChunksEnds() {
    let limits = ChunkDecoder.Limits(consecutiveNoops: 10)
    #expect(throws: Never.self) { try messages([UInt8](repeating: 0, count: 20), pieces: 3, limits: limits) }
    #expect(throws: BoltError.self) { try messages([UInt8](repeating: 0, count: 22), pieces: 3, limits: limits) }
  }

  @Test func messagesThatNeverEndAreRefusedAtTheLimit() throws {
    var decoder = ChunkDecoder(limits: ChunkDecoder.Limits(messageSize: 200_000))
    let chunk = ByteBuffer(bytes: [0xFF, 0xFF] + [UInt8](repeating: 1, count: 65_535))
    #expect(throws: BoltError.self) {
      for _ in 0..<10 {
        decoder.feed(chunk)
        while let message = try decoder.next() { Issue.record("a message of \(message.readableBytes) bytes") }
      }
    }
    var small = ChunkDecoder(limits: ChunkDecoder.Limits(messageSize: 3))
    small.feed(ByteBuffer(bytes: [0, 4, 1, 2, 3, 4, 0, 0]))
    #expect(throws: BoltError.self) { try small.next() }
  }
}
