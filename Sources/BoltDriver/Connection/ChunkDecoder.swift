package import NIOCore

/// Puts messages together from the chunks in which they come.
///
/// What it holds is bounded: one message up to a limit, and less than two chunks of bytes that are not yet a whole
/// chunk. A message that came in one chunk is handed out without being copied.
package struct ChunkDecoder: ~Copyable {
  /// The bounds of what a server may send.
  package struct Limits: Sendable, Hashable {
    /// The largest message, in bytes.
    package var messageSize: Int
    /// How many empty chunks in a row are still a sign of life and not a flood.
    package var consecutiveNoops: Int

    package init(messageSize: Int = 48 * 1024 * 1024, consecutiveNoops: Int = 65_536) {
      self.messageSize = messageSize
      self.consecutiveNoops = consecutiveNoops
    }
  }

  private let limits: Limits
  private var input = ByteBuffer()
  private var partial = ByteBuffer()
  private var noops = 0

  package init(limits: Limits = Limits()) { self.limits = limits }

  /// Takes bytes from the socket.
  package mutating func feed(_ bytes: ByteBuffer) {
    guard input.readableBytes > 0 else {
      input = bytes
      return
    }
    // A chunk that comes in many pieces is gathered in place: nothing of this buffer has been handed out.
    if input.readerIndex == 0 {
      input.writeImmutableBuffer(bytes)
      return
    }
    // A new buffer: records handed out earlier still share the old one, and appending to it would copy all of it.
    var joined = ByteBuffer()
    joined.reserveCapacity(input.readableBytes + bytes.readableBytes)
    joined.writeImmutableBuffer(input)
    joined.writeImmutableBuffer(bytes)
    input = joined
  }

  /// The next whole message; nil when more bytes are needed.
  ///
  /// - Throws: ``BoltError`` (`protocolViolation`) when a bound is broken.
  package mutating func next() throws(BoltError) -> ByteBuffer? {
    while let size = input.getInteger(at: input.readerIndex, as: UInt16.self).map(Int.init) {
      guard size > 0 else {
        input.moveReaderIndex(forwardBy: 2)
        if partial.readableBytes > 0 { return takePartial() }
        try countNoop()
        continue
      }
      guard input.readableBytes >= 2 + size else { return nil }
      if partial.readableBytes == 0 {
        // Whether this chunk is the whole message shows in the two bytes behind it.
        guard let end = input.getInteger(at: input.readerIndex + 2 + size, as: UInt16.self) else { return nil }
        if end == 0 {
          try checkSize(size)
          input.moveReaderIndex(forwardBy: 2)
          let message = input.readSlice(length: size)
          input.moveReaderIndex(forwardBy: 2)
          noops = 0
          return message
        }
      }
      try takeChunk(size)
    }
    return nil
  }

  /// Whether a message has begun and not ended.
  package var isInsideMessage: Bool { partial.readableBytes > 0 || input.readableBytes > 0 }

  private mutating func takeChunk(_ size: Int) throws(BoltError) {
    try checkSize(partial.readableBytes + size)
    input.moveReaderIndex(forwardBy: 2)
    guard let chunk = input.readSlice(length: size) else { return }
    partial.writeImmutableBuffer(chunk)
  }

  private mutating func takePartial() -> ByteBuffer {
    let message = partial
    partial = ByteBuffer()
    noops = 0
    return message
  }

  private func checkSize(_ size: Int) throws(BoltError) {
    guard size <= limits.messageSize else {
      throw BoltError(
        .protocolViolation, "the server's message is longer than \(limits.messageSize) bytes; ask for smaller records")
    }
  }

  private mutating func countNoop() throws(BoltError) {
    noops += 1
    guard noops <= limits.consecutiveNoops else {
      throw BoltError(.protocolViolation, "the server sent \(noops) empty chunks in a row and no message")
    }
  }
}
