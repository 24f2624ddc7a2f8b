import NIOCore
import Testing

@testable import BoltDriver

/// Bytes that lie.
@Suite struct PackStreamHostileTests {
  private static let bombs: [[UInt8]] = [
    [0xCE, 0xFF, 0xFF, 0xFF, 0xFF], [0xCE, 0x7F, 0xFF, 0xFF, 0xFF], [0xD2, 0x7F, 0xFF, 0xFF, 0xFF],
    [0xD6, 0xFF, 0xFF, 0xFF, 0xFF], [0xD6, 0x7F, 0xFF, 0xFF, 0xFF], [0xDA, 0xFF, 0xFF, 0xFF, 0xFF],
    [0xDA, 0x7F, 0xFF, 0xFF, 0xFF], [0xD5, 0xFF, 0xFF], [0xD9, 0xFF, 0xFF], [0xBF, 0x01], [0x9F], [0xAF], [0x8F],
    [0xC9, 0x00], [0xCB, 0, 0, 0], [0xC1], [0xD0], [], [0xB1], [0xA2, 0x81, 0x61, 0x01, 0x81],
  ]

  @Test(arguments: bombs)
  func sizesAreComparedWithTheBytesThatAreThere(_ bytes: [UInt8]) {
    #expect(throws: PackStreamError.self) { try PackStreamBytes.decode(bytes) }
  }

  @Test(
    arguments: [0xC4, 0xC5, 0xC6, 0xC7, 0xCF, 0xD3, 0xD7, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, 0xE0, 0xE8, 0xEF] as [UInt8])
  func reservedMarkersAreRefused(_ marker: UInt8) {
    #expect(throws: PackStreamError(.reservedMarker(marker))) {
      try PackStreamBytes.decode([marker] + [UInt8](repeating: 0, count: 20))
    }
  }

  @Test func deepNestingIsRefusedBeforeTheStackEnds() throws {
    let limit = PackStreamDialect.maximumDepth
    let nested = [UInt8](repeating: 0x91, count: limit) + [0x01]
    #expect(throws: Never.self) { try PackStreamBytes.decode(nested) }
    for opening in [0x91, 0xB1] as [UInt8] {
      let bomb = [UInt8](repeating: opening, count: 100_000)
      #expect(throws: PackStreamError.self) { try PackStreamBytes.decode(bomb) }
    }
    var bomb: [UInt8] = []
    for _ in 0..<100_000 { bomb += [0xA1, 0x81, 0x61] }
    #expect(throws: PackStreamError.self) { try PackStreamBytes.decode(bomb) }
    var value = BoltValue.int(1)
    for _ in 0...limit { value = .list([value]) }
    #expect(throws: PackStreamError.self) { try PackStreamBytes.encode(value) }
  }

  @Test func textMustBeUTF8AndKeysMustBeText() {
    #expect(throws: PackStreamError(.invalidText, at: 1)) { try PackStreamBytes.decode([0x82, 0xC3, 0x28]) }
    #expect(throws: PackStreamError(.keyIsNoText(marker: 0x01), at: 1)) {
      try PackStreamBytes.decode([0xA1, 0x01, 0x01])
    }
  }

  @Test func nothingMayFollowAMessage() {
    #expect(throws: PackStreamError(.trailingBytes(1), at: 1)) { try PackStreamBytes.decode([0x01, 0x01]) }
  }

  @Test func aRepeatedKeyCountsOnce() throws {
    #expect(try PackStreamBytes.decode([0xA2, 0x81, 0x61, 0x01, 0x81, 0x61, 0x02]) == ["a": 2])
  }

  @Test func randomBytesNeverTrap() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<5_000 {
      let bytes = (0..<Int.random(in: 0..<64, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      for dialect in [PackStreamBytes.v4, PackStreamBytes.v5, PackStreamBytes.v6] {
        guard let value = try? PackStreamBytes.decode(bytes, dialect) else { continue }
        _ = "\(value)"
        _ = try? PackStreamBytes.encode(value, dialect)
      }
    }
  }
}
