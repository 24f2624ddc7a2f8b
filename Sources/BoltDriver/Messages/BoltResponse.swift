package import NIOCore

/// A message from the server to the driver.
package enum BoltResponse: Sendable {
  /// The request succeeded.
  case success([String: BoltValue])
  /// A record of a result: its list of values, not yet decoded. Whoever reads the result decodes, on its own thread.
  case record(ByteBuffer)
  /// The request was not looked at, because an earlier one failed.
  case ignored
  /// The request failed.
  case failure(ServerFailure)

  /// Reads a message that has been put together from its chunks.
  ///
  /// - Throws: ``PackStreamError`` when the bytes are no message.
  package init(_ message: ByteBuffer, dialect: PackStreamDialect) throws(PackStreamError) {
    // Records are all but a few of the messages, so they are told apart by their first two bytes.
    if message.getInteger(at: message.readerIndex, as: UInt16.self) == Self.recordHeader {
      var values = message
      values.moveReaderIndex(forwardBy: 2)
      self = .record(values)
      return
    }
    self = try PackStreamReader.read(message, dialect: dialect) { reader throws(PackStreamError) in
      let (fieldCount, tag) = try reader.readStructureHeader()
      switch (tag, fieldCount) {
      case (0x70, 1): return .success(try reader.readMap())
      case (0x7E, 0): return .ignored
      case (0x7F, 1): return .failure(ServerFailure(wire: try reader.readMap()))
      default: throw PackStreamError(.reservedMarker(tag), at: 1)
      }
    }
  }

  /// A structure of one field with the tag of RECORD.
  private static let recordHeader: UInt16 = 0xB171
}

extension PackStreamReader {
  /// Reads a whole message.
  ///
  /// - Throws: ``PackStreamError`` from `body`, and when it leaves bytes behind.
  package static func read<Result>(
    _ message: ByteBuffer, dialect: PackStreamDialect,
    _ body: (inout PackStreamReader) throws(PackStreamError) -> Result
  ) throws(PackStreamError) -> Result {
    // `withUnsafeReadableBytes` rethrows untyped, so the outcome is carried out as a value.
    let outcome = message.withUnsafeReadableBytes { bytes in
      var reader = PackStreamReader(bytes, dialect: dialect)
      do throws(PackStreamError) {
        let result = try body(&reader)
        try reader.expectEnd()
        return Swift.Result<Result, PackStreamError>.success(result)
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }
}
