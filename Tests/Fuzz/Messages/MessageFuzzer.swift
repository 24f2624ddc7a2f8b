import BoltDriver
import FuzzSupport
import NIOCore

/// What a server sends after the handshake. The same bytes give the same messages however the network cuts them; messages
/// come out of their chunks as they went in; and every one of them is understood, or refused with an error.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzMessages(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(bytes, count)
  let mode = input.takeByte()
  let sizes = input.take(Int(input.takeByte() & 15)).map { Int($0) + 1 }
  let stream = mode & 1 == 0 ? Stream(wire: input.takeAll()) : Stream(chunking: input.takeAll(), sizes)
  let dialect = PackStreamDialect(version: mode & 2 == 0 ? .v60 : .v44)
  stream.test(cutInto: sizes, dialect)
  return 0
}

@_cdecl("MessageFuzzer_main")
func runMessageFuzzer(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> CInt {
  FuzzerDriver.run(count, arguments, fuzzMessages)
}

/// The bytes of a server.
struct Stream {
  /// Small, so that inputs of some kilobytes come to the bounds.
  static let limits = ChunkDecoder.Limits(messageSize: 1_024, consecutiveNoops: 16)

  let wire: [UInt8]
  /// The messages that are in it; nil when nobody knows.
  let messages: [[UInt8]]?

  init(wire: [UInt8]) {
    self.wire = wire
    messages = nil
  }

  /// Cuts a text into messages, and these into chunks, of the sizes given; between them are signs of life.
  init(chunking text: [UInt8], _ sizes: [Int]) {
    var (wire, messages) = ([UInt8](), [[UInt8]]())
    var rest = text[...]
    var turn = 0
    func next() -> Int {
      turn += 1
      return sizes.isEmpty ? 7 : sizes[turn % sizes.count]
    }
    while !rest.isEmpty {
      let message = rest.prefix(next() * 4)
      rest = rest.dropFirst(message.count)
      messages.append([UInt8](message))
      if next().isMultiple(of: 3) { wire += [0, 0] }
      var left = message
      while !left.isEmpty {
        let chunk = left.prefix(next())
        left = left.dropFirst(chunk.count)
        wire += [UInt8(chunk.count >> 8), UInt8(chunk.count & 0xFF)] + chunk
      }
      wire += [0, 0]
    }
    self.wire = wire
    // All of them are within the limit: the largest size is 256, four times.
    self.messages = messages
  }

  /// What came of feeding it.
  struct Outcome: Equatable {
    var messages: [[UInt8]] = []
    var error: BoltError.Code?
    var isInsideMessage = false
  }

  func test(cutInto sizes: [Int], _ dialect: PackStreamDialect) {
    let whole = feed([wire.count])
    require(feed(sizes) == whole, "the same bytes in other pieces give the same messages")
    if wire.count <= 256 { require(feed([1]) == whole, "the same bytes one by one give the same messages") }
    if let messages {
      require(whole.error == nil && !whole.isInsideMessage, "well-formed chunks are not refused")
      require(whole.messages == messages, "messages come out of their chunks as they went in")
    }
    for message in whole.messages {
      require(
        (1...Self.limits.messageSize).contains(message.count), "a message has 1 to \(Self.limits.messageSize) bytes")
      ReceivedMessage(message, dialect).test()
    }
  }

  private func feed(_ sizes: [Int]) -> Outcome {
    var decoder = ChunkDecoder(limits: Self.limits)
    var outcome = Outcome()
    var rest = wire[...]
    var turn = 0
    do throws(BoltError) {
      while !rest.isEmpty {
        let part = rest.prefix(sizes.isEmpty ? rest.count : sizes[turn % sizes.count])
        rest = rest.dropFirst(part.count)
        turn += 1
        decoder.feed(ByteBuffer(bytes: part))
        while let message = try decoder.next() { outcome.messages.append(Array(buffer: message)) }
      }
      outcome.isInsideMessage = decoder.isInsideMessage
    } catch {
      require(error.code == .protocolViolation, "a bound that is broken is a violation of the protocol, not \(error)")
      outcome.error = error.code
    }
    return outcome
  }
}
