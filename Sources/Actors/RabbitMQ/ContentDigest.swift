/// Tells one body from another without keeping it: its length and a 64-bit FNV-1a hash, fed in parts.
struct ContentDigest: Hashable, Sendable {
  private var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  private(set) var count = 0

  /// The digest of no bytes.
  init() {}

  /// The digest of a whole body.
  init(_ body: MessageBody) {
    self.init()
    body.withUnsafeBytes { append($0) }
  }

  /// Both in one number.
  var value: UInt64 { hash ^ UInt64(truncatingIfNeeded: count) }

  /// Adds the next part.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    count += bytes.count
  }
}
