import NIOCore
import Testing

@testable import BoltDriver

/// Each of these runs in a process of its own, so that its peak of memory is its own.
@Suite("Bytes that want to fill the memory", .enabled(if: PeakMemory.isMeasurable))
struct MemoryBoundTests {
  @Test("Chunks that never end are an error before 64 MB")
  func endlessChunks() async {
    await #expect(processExitsWith: .success) {
      let before = PeakMemory.bytes
      let chunk = ByteBuffer(bytes: [0xFF, 0xFF] + [UInt8](repeating: 0x41, count: 65_535))
      var decoder = ChunkDecoder()
      var fed = 0
      #expect(throws: BoltError.self) {
        while fed < 10_000 {
          decoder.feed(chunk)
          fed += 1
          let message = try decoder.next()
          #expect(message == nil)
        }
      }
      #expect(fed < 1_000)
      #expect(PeakMemory.bytes - before < 64_000_000)
    }
  }

  @Test("Empty chunks without end are an error")
  func noopFlood() async {
    await #expect(processExitsWith: .success) {
      let before = PeakMemory.bytes
      var decoder = ChunkDecoder()
      #expect(throws: BoltError.self) {
        for _ in 0..<1_000 {
          decoder.feed(ByteBuffer(repeating: 0, count: 16_384))
          let message = try decoder.next()
          #expect(message == nil)
        }
      }
      #expect(PeakMemory.bytes - before < 16_000_000)
    }
  }

  @Test("Headers that claim four thousand million elements take no memory")
  func lyingHeaders() async {
    await #expect(processExitsWith: .success) {
      let before = PeakMemory.bytes
      for marker in [0xCE, 0xD2, 0xD6, 0xDA] as [UInt8] {
        for size in [[0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF], [0x00, 0xFF, 0xFF, 0xFF]] as [[UInt8]] {
          let bomb = [marker] + size + [UInt8](repeating: 0xC0, count: 100)
          #expect(throws: PackStreamError.self) { try PackStreamBytes.decode(bomb) }
          // The same as the last item of a list, and as the value of a map.
          #expect(throws: PackStreamError.self) { try PackStreamBytes.decode([0x92, 0xC0] + bomb) }
          #expect(throws: PackStreamError.self) { try PackStreamBytes.decode([0xA1, 0x81, 0x61] + bomb) }
        }
      }
      #expect(PeakMemory.bytes - before < 16_000_000)
    }
  }

  @Test("100,000 lists, maps or structures in each other end in an error on a small stack")
  func nesting() async {
    await #expect(processExitsWith: .success) {
      let before = PeakMemory.bytes
      for opening in [[0x91], [0xA1, 0x81, 0x61], [0xB1, 0x01], [0xD4, 0x01], [0xD6, 0, 0, 0, 1]] as [[UInt8]] {
        let bomb = [UInt8]([[UInt8]](repeating: opening, count: 100_000).joined())
        #expect(throws: PackStreamError.self) { try PackStreamBytes.decode(bomb) }
      }
      #expect(PeakMemory.bytes - before < 16_000_000)
    }
  }

  /// What takes few bytes on the wire and many in memory: nulls, empty texts, lists of one, maps of one, structures.
  @Test("The largest message of the smallest values is an error before 64 MB are taken for them", arguments: 0..<6)
  func amplification(kind: Int) async {
    switch kind {
    case 0: await #expect(processExitsWith: .success) { try Amplifier.detonate([0xC0]) }
    case 1: await #expect(processExitsWith: .success) { try Amplifier.detonate([0x80]) }
    case 2: await #expect(processExitsWith: .success) { try Amplifier.detonate([0x91, 0xC0]) }
    case 3: await #expect(processExitsWith: .success) { try Amplifier.detonate([0xA1, 0x80, 0xC0]) }
    case 4: await #expect(processExitsWith: .success) { try Amplifier.detonate([0xB0, 0x01]) }
    default: await #expect(processExitsWith: .success) { try Amplifier.detonate([0xB1, 0x44, 0x00]) }
    }
  }
}

/// Lists of as many small values as are let through, and of more.
private enum Amplifier {
  static func detonate(_ value: [UInt8]) throws {
    let before = PeakMemory.bytes
    var largest = 0
    for count in [1 << 16, 1 << 21, 1 << 22, 1 << 24] {
      guard count * value.count <= ChunkDecoder.Limits().messageSize else { break }
      let items = [UInt8]([[UInt8]](repeating: value, count: 256).joined())
      var message = ByteBuffer(bytes: [0xD6])
      message.reserveCapacity(count * value.count + 5)
      message.writeInteger(UInt32(count))
      for _ in 0..<count / 256 { message.writeBytes(items) }
      let isRead = Self.isRead(message)
      #expect(PeakMemory.bytes - before < 64_000_000 + 2 * count * value.count)
      guard isRead else { break }
      largest = count
    }
    #expect(largest >= 65_536, "what is not hostile is read")
  }

  private static func isRead(_ message: ByteBuffer) -> Bool {
    let value = try? PackStreamReader.read(message, dialect: PackStreamBytes.v6) { reader throws(PackStreamError) in
      try reader.readValue()
    }
    return value != nil
  }
}
