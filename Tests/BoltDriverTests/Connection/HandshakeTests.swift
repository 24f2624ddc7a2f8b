import NIOCore
import Testing

@testable import BoltDriver

@Suite struct HandshakeTests {
  @Test func theOpeningOffersManifestFiveFourAndThree() {
    #expect(
      Handshake.opening(.manifest) == [
        0x60, 0x60, 0xB0, 0x17, 0, 0, 1, 0xFF, 0, 8, 8, 5, 0, 2, 4, 4, 0, 0, 0, 3,
      ])
    #expect(
      Handshake.opening(.ranges) == [
        0x60, 0x60, 0xB0, 0x17, 0, 8, 8, 5, 0, 2, 4, 4, 0, 0, 1, 4, 0, 0, 0, 3,
      ])
  }

  private func answer(_ bytes: [UInt8], pieces: Int = 100) throws -> Handshake.Step {
    var handshake = Handshake()
    var buffer = ByteBuffer()
    var step = Handshake.Step.needMore
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      #expect(step == .needMore)
      buffer.writeBytes(bytes[start..<min(start + pieces, bytes.count)])
      step = try handshake.receive(&buffer)
    }
    return step
  }

  @Test(arguments: [
    BoltVersion(5, 8), BoltVersion(5, 4), BoltVersion(5, 0), BoltVersion(4, 4), BoltVersion(4, 2), BoltVersion(3, 0),
  ])
  func aPlainAnswerIsTheVersion(_ version: BoltVersion) throws {
    #expect(try answer([0, 0, version.minor, version.major], pieces: 1) == .agreed(version, reply: []))
  }

  @Test(
    arguments: [
      [0, 0, 0, 0], [0x48, 0x54, 0x54, 0x50], [0, 0, 9, 5], [0, 0, 0, 4], [0, 0, 0, 2], [0, 1, 4, 5], [1, 0, 0, 5],
      [0, 0, 0, 6],
    ]
      as [[UInt8]])
  func whatWasNotOfferedIsRefused(_ bytes: [UInt8]) {
    #expect(throws: BoltError.self) { try answer(bytes) }
  }

  @Test(arguments: [1, 2, 3, 100])
  func theManifestGivesTheBestCommonVersion(_ pieces: Int) throws {
    let manifest: [UInt8] = [0, 0, 1, 0xFF, 4, 0, 1, 9, 6, 0, 0, 0, 6, 0, 8, 8, 5, 0, 2, 4, 4, 0]
    #expect(try answer(manifest, pieces: pieces) == .agreed(.v60, reply: [0, 0, 0, 6, 0]))
    let older: [UInt8] = [0, 0, 1, 0xFF, 2, 0, 2, 8, 5, 0, 2, 4, 4, 0xFF, 0x82, 0x71]
    #expect(try answer(older, pieces: pieces) == .agreed(.v58, reply: [0, 0, 8, 5, 0]))
    let ranges: [UInt8] = [0, 0, 1, 0xFF, 1, 0, 9, 5, 5, 0]
    #expect(try answer(ranges, pieces: pieces) == .agreed(BoltVersion(5, 5), reply: [0, 0, 5, 5, 0]))
  }

  @Test func whatFollowsTheManifestIsLeft() throws {
    var handshake = Handshake()
    var buffer = ByteBuffer(bytes: [0, 0, 1, 0xFF, 1, 0, 0, 0, 6, 0, 0xAB])
    _ = try handshake.receive(&buffer)
    #expect(Array(buffer: buffer) == [0xAB])
  }

  @Test(
    arguments: [
      [0, 0, 1, 0xFF, 0, 0], [0, 0, 1, 0xFF, 1, 0, 0, 0, 9, 0], [0, 0, 1, 0xFF, 0xFF, 0xFF, 0x7F],
      [0, 0, 1, 0xFF] + [UInt8](repeating: 0xFF, count: 11), [0, 0, 1, 0xFF, 0] + [UInt8](repeating: 0x80, count: 11),
    ] as [[UInt8]])
  func badManifestsAreRefused(_ bytes: [UInt8]) {
    #expect(throws: BoltError.self) { try answer(bytes) }
  }

  @Test func randomAnswersNeverTrap() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<5_000 {
      var bytes = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      if Bool.random(using: &generator) { bytes = [0, 0, 1, 0xFF] + bytes }
      var handshake = Handshake()
      var buffer = ByteBuffer(bytes: bytes)
      _ = try? handshake.receive(&buffer)
    }
  }
}
