import BoltDriver
import FuzzSupport
import NIOCore

/// What a peer answers to the handshake. It comes to a version that both speak, or to an error that says why not, and to
/// the same however the answer is cut.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzHandshake(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(bytes, count)
  let size = Int(input.takeByte()) + 1
  let answer = input.takeAll()
  let whole = HandshakeOutcome(of: answer, cutInto: max(1, answer.count))
  require(HandshakeOutcome(of: answer, cutInto: 1) == whole, "an answer byte by byte comes to the same")
  require(HandshakeOutcome(of: answer, cutInto: size) == whole, "an answer in pieces comes to the same")
  whole.test(answer)
  return 0
}

@_cdecl("HandshakeFuzzer_main")
func runHandshakeFuzzer(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  FuzzerDriver.run(count, arguments, fuzzHandshake)
}

enum HandshakeOutcome: Equatable {
  case needMore
  /// Agreed; the bytes behind the answer are the first message's.
  case agreed(BoltVersion, reply: [UInt8], left: [UInt8])
  case refused(BoltError.Code)

  init(of answer: [UInt8], cutInto size: Int) {
    var handshake = Handshake()
    var buffer = ByteBuffer()
    var rest = answer[...]
    do throws(BoltError) {
      while !rest.isEmpty {
        buffer.writeBytes(rest.prefix(size))
        rest = rest.dropFirst(size)
        guard case .agreed(let version, let reply) = try handshake.receive(&buffer) else { continue }
        self = .agreed(version, reply: reply, left: Array(buffer: buffer) + rest)
        return
      }
      self = .needMore
    } catch {
      require(!error.message.isEmpty && error.server == nil, "an error says what is wrong")
      self = .refused(error.code)
    }
  }

  func test(_ answer: [UInt8]) {
    switch self {
    case .needMore: require(answer.count < 4 || answer.starts(with: [0, 0, 1, 0xFF]), "four bytes are an answer")
    case .refused(let code):
      require([.unsupportedVersion, .protocolViolation].contains(code), "\(code) is no outcome of a handshake")
    case .agreed(let version, let reply, let left):
      require(BoltVersion.supported.contains(version), "\(version) is a version of the driver's")
      guard answer.starts(with: [0, 0, 1, 0xFF]) else {
        require(answer.prefix(4) == [0, 0, version.minor, version.major], "the version is the one that was chosen")
        require(version < .v60, "6.0 is chosen by manifest alone")
        require(reply.isEmpty && left == Array(answer.dropFirst(4)), "four bytes are the answer, and need no reply")
        return
      }
      require(reply == [0, 0, version.minor, version.major, 0], "the reply names the version, and no capability")
      testManifest(answer, version, left)
    }
  }

  /// Reads the manifest once more, in the plainest way.
  private func testManifest(_ answer: [UInt8], _ version: BoltVersion, _ left: [UInt8]) {
    var rest = answer.dropFirst(4)
    func number() -> UInt64 {
      let bytes = rest.prefix { $0 & 0x80 != 0 } + rest.drop { $0 & 0x80 != 0 }.prefix(1)
      rest = rest.dropFirst(bytes.count)
      return bytes.reversed().reduce(0) { $0 << 7 | UInt64($1 & 0x7F) }
    }
    var offered: Set<BoltVersion> = []
    for _ in 0..<number() {
      let range = [UInt8](rest.prefix(4))
      rest = rest.dropFirst(4)
      for minor in max(0, Int(range[2]) - Int(range[1]))...Int(range[2]) {
        offered.insert(BoltVersion(range[3], UInt8(minor)))
      }
    }
    require(version == offered.intersection(BoltVersion.supported).max(), "the version is the best that both speak")
    _ = number()
    require(left == [UInt8](rest), "what is behind the manifest is left for the first message")
  }
}
