package import NIOCore

/// Wraps messages in chunks: two bytes of length before at most 65,535 bytes, and an empty chunk as the end.
package enum ChunkEncoder {
  /// The most that one chunk can hold, in bytes.
  package static let maximumChunkSize = Int(UInt16.max)

  /// Opens a message at the end of the buffer.
  ///
  /// - Returns: Where it begins, for ``close(_:from:)``.
  package static func open(_ buffer: inout ByteBuffer) -> Int {
    let start = buffer.writerIndex
    buffer.writeInteger(UInt16(0))
    return start
  }

  /// Closes the message that was opened at `start` and has been written since.
  package static func close(_ buffer: inout ByteBuffer, from start: Int) {
    let size = buffer.writerIndex - start - 2
    if size <= maximumChunkSize {
      buffer.setInteger(UInt16(truncatingIfNeeded: size), at: start)
    } else {
      cut(&buffer, from: start, size: size)
    }
    buffer.writeInteger(UInt16(0))
  }

  /// Puts the headers of further chunks into a message that one chunk cannot hold.
  private static func cut(_ buffer: inout ByteBuffer, from start: Int, size: Int) {
    guard var message = buffer.getSlice(at: start + 2, length: size) else { return }
    let chunks = (size + maximumChunkSize - 1) / maximumChunkSize
    var cut = ByteBuffer()
    cut.reserveCapacity(start - buffer.readerIndex + size + 2 * chunks + 2)
    buffer.moveWriterIndex(to: start)
    cut.writeBuffer(&buffer)
    while let part = message.readSlice(length: min(maximumChunkSize, message.readableBytes)), part.readableBytes > 0 {
      cut.writeInteger(UInt16(truncatingIfNeeded: part.readableBytes))
      cut.writeImmutableBuffer(part)
    }
    buffer = cut
  }
}
