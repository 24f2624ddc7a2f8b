/// The bytes of a message: in memory, or, above the worker's limit, in a file that was unlinked at birth.
public enum MessageBody: Sendable {
  /// In memory.
  case bytes([UInt8])
  /// In a mapped temporary file; such a body is never decoded, only passed on.
  case mapped(MappedBody)

  /// How many bytes.
  public var count: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .mapped(let body): body.count
    }
  }

  /// Lends the bytes.
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    switch self {
    case .bytes(let bytes): try bytes.withUnsafeBytes(body)
    case .mapped(let mapped): try mapped.withUnsafeBytes(body)
    }
  }
}
