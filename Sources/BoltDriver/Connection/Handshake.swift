package import NIOCore

/// Agrees with the server on a version of the protocol. Pure: bytes in, bytes and a version out.
package struct Handshake: ~Copyable {
  /// What follows from the bytes that came.
  package enum Step: Sendable, Equatable {
    /// More bytes are needed.
    case needMore
    /// Agreed. When there is a reply it goes out first; HELLO may follow in the same write.
    case agreed(BoltVersion, reply: [UInt8])
  }

  private let negotiation: ProtocolNegotiation
  private var awaitsManifest = false

  /// - Parameter negotiation: What has been offered.
  package init(_ negotiation: ProtocolNegotiation = .manifest) { self.negotiation = negotiation }

  /// What the client says first: the magic number and four proposals, the best first. The manifest is the list of all
  /// versions, which servers before 5.7 pass over; 4.1, whose servers look at no ranges, needs a place of its own.
  package static func opening(_ negotiation: ProtocolNegotiation) -> [UInt8] {
    let magic: [UInt8] = [0x60, 0x60, 0xB0, 0x17]
    let manifest: [UInt8] = [0x00, 0x00, 0x01, 0xFF]
    let five: [UInt8] = [0x00, 0x08, 0x08, 0x05]
    let four: [UInt8] = [0x00, 0x02, 0x04, 0x04]
    let fourOne: [UInt8] = [0x00, 0x00, 0x01, 0x04]
    let three: [UInt8] = [0x00, 0x00, 0x00, 0x03]
    return switch negotiation {
    case .manifest: magic + manifest + five + four + three
    case .ranges: magic + five + four + fourOne + three
    }
  }

  /// Looks at what came. Bytes are taken from the buffer once an answer is whole; what follows it is left there.
  ///
  /// - Throws: ``BoltError`` (`unsupportedVersion`, `protocolViolation`) when there is nothing to agree on.
  package mutating func receive(_ buffer: inout ByteBuffer) throws(BoltError) -> Step {
    if awaitsManifest { return try receiveManifest(&buffer) }
    guard let answer = buffer.readInteger(as: UInt32.self) else { return .needMore }
    switch answer {
    case 0:
      throw BoltError(
        .unsupportedVersion,
        "the server speaks none of Bolt 3, 4.2 to 4.4, 5.0 to 5.8 and 6.0; upgrade the server or the driver")
    case Self.http:
      throw BoltError(
        .protocolViolation, "the server speaks HTTP: this is not its Bolt port (usually 7687, HTTP is 7474 or 2480)")
    case _ where answer >> 16 == Self.tlsAlert:
      throw BoltError(
        .protocolViolation, "the server wants TLS: use the scheme bolt+s:// (or bolt+ssc://, which checks nothing)")
    case Self.manifest where negotiation == .manifest:
      awaitsManifest = true
      return try receiveManifest(&buffer)
    default:
      let version = BoltVersion(UInt8(truncatingIfNeeded: answer), UInt8(truncatingIfNeeded: answer >> 8))
      guard answer >> 16 == 0, BoltVersion.supported.contains(version), version < .v60 else {
        throw BoltError(
          .protocolViolation,
          "the server chose what was not offered (0x\(String(answer, radix: 16))): it may not be a Bolt server")
      }
      return .agreed(version, reply: [])
    }
  }

  private static let http: UInt32 = 0x4854_5450
  /// An alert of any version of TLS begins with these two bytes.
  private static let tlsAlert: UInt32 = 0x1503
  private static let manifest: UInt32 = 0x0000_01FF
  /// More versions than there will ever be; a count beyond it is an attack or a mistake.
  private static let maximumProposals: UInt64 = 256

  private mutating func receiveManifest(_ buffer: inout ByteBuffer) throws(BoltError) -> Step {
    // Read from a copy: nothing is taken before all of it is there.
    var rest = buffer
    guard let count = try Self.readVarint(&rest) else { return .needMore }
    guard count <= Self.maximumProposals else {
      throw BoltError(.protocolViolation, "the server claims to speak \(count) ranges of versions")
    }
    var best: BoltVersion?
    for _ in 0..<count {
      guard let proposal = rest.readInteger(as: UInt32.self) else { return .needMore }
      guard let version = Self.bestVersion(in: proposal) else { continue }
      best = best.map { max($0, version) } ?? version
    }
    guard try Self.readVarint(&rest) != nil else { return .needMore }
    buffer = rest
    guard let best else {
      throw BoltError(.unsupportedVersion, "the server speaks none of the driver's versions; upgrade one of them")
    }
    // No capability is known, so none is asked for: the trailing zero.
    return .agreed(best, reply: [0, 0, best.minor, best.major, 0])
  }

  private static func bestVersion(in proposal: UInt32) -> BoltVersion? {
    let major = UInt8(truncatingIfNeeded: proposal)
    let top = UInt8(truncatingIfNeeded: proposal >> 8)
    let range = UInt8(truncatingIfNeeded: proposal >> 16)
    let bottom = top >= range ? top - range : 0
    return BoltVersion.supported.filter { $0.major == major && (bottom...top).contains($0.minor) }.max()
  }

  /// Reads a number of seven bits a byte, the least significant first; nil when more bytes are needed.
  private static func readVarint(_ buffer: inout ByteBuffer) throws(BoltError) -> UInt64? {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = buffer.readInteger(as: UInt8.self) else { return nil }
      guard shift < 63 || byte <= 1 else { break }
      number |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return number }
    }
    throw BoltError(.protocolViolation, "the server's handshake holds a number of more than 64 bits")
  }
}
