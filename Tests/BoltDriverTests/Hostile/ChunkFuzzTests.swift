import NIOCore
import Testing

@testable import BoltDriver

@Suite("Chunks as they may come")
struct ChunkFuzzTests {
  @Test("However messages are cut and delivered, they come out as they went in", arguments: UInt64(1)...6)
  func roundTrip(seed: UInt64) throws {
    var chance = SeededGenerator(seed: seed)
    var sent: [[UInt8]] = []
    var wire: [UInt8] = []
    for _ in 0..<20 {
      while Int.random(in: 0..<4, using: &chance) == 0 { wire += [0, 0] }
      let size = Int.random(in: 0..<5, using: &chance) == 0 ? Int.random(in: 1...200_000, using: &chance) : 20
      let message = (0..<size).map { _ in UInt8.random(in: 0...255, using: &chance) }
      sent.append(message)
      wire += Self.chunked(message, &chance)
    }
    var decoder = ChunkDecoder()
    var received: [[UInt8]] = []
    var rest = wire[...]
    let largest = [1, 7, 100, 70_000].randomElement(using: &chance) ?? 1
    while !rest.isEmpty {
      let part = rest.prefix(Int.random(in: 1...max(largest, wire.count / 20_000), using: &chance))
      rest = rest.dropFirst(part.count)
      decoder.feed(ByteBuffer(bytes: part))
      while let message = try decoder.next() { received.append(Array(buffer: message)) }
    }
    #expect(received == sent)
    let isInsideMessage = decoder.isInsideMessage
    #expect(!isInsideMessage)
  }

  @Test("Random bytes come to messages or to an error, never to more bytes than were fed", arguments: UInt64(1)...6)
  func garbage(seed: UInt64) {
    var chance = SeededGenerator(seed: seed)
    for _ in 0..<40 {
      var decoder = ChunkDecoder(limits: ChunkDecoder.Limits(messageSize: 5_000, consecutiveNoops: 20))
      var (fed, received) = (0, 0)
      do throws(BoltError) {
        for _ in 0..<50 {
          let count = Int.random(in: 0...300, using: &chance)
          // Small numbers make small chunks, so that not everything is one long chunk.
          let top: UInt8 = Bool.random(using: &chance) ? 255 : 3
          decoder.feed(ByteBuffer(bytes: (0..<count).map { _ in UInt8.random(in: 0...top, using: &chance) }))
          fed += count
          while let message = try decoder.next() {
            received += message.readableBytes
            #expect((1...5_000).contains(message.readableBytes))
          }
        }
      } catch {
        #expect(error.code == .protocolViolation)
      }
      #expect(received <= fed)
    }
  }

  /// A message in chunks of any sizes.
  private static func chunked(_ message: [UInt8], _ chance: inout SeededGenerator) -> [UInt8] {
    var wire: [UInt8] = []
    var rest = message[...]
    while !rest.isEmpty {
      let chunk = rest.prefix(Int.random(in: 1...min(rest.count, 65_535), using: &chance))
      rest = rest.dropFirst(chunk.count)
      wire += [UInt8(chunk.count >> 8), UInt8(chunk.count & 0xFF)] + chunk
    }
    return wire + [0, 0]
  }
}
