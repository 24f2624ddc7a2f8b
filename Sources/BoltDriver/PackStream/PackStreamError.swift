/// Bytes that are no PackStream, or a value that PackStream cannot carry.
package struct PackStreamError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  package enum Kind: Sendable, Hashable {
    /// The bytes end before the value does; the counts are of bytes.
    case truncated(needed: Int, left: Int)
    /// A byte that begins no value.
    case reservedMarker(UInt8)
    /// Text that is not UTF-8.
    case invalidText
    /// A map's key that is no text.
    case keyIsNoText(marker: UInt8)
    /// Lists, maps and structures are nested more deeply than this.
    case tooDeep(limit: Int)
    /// A size beyond what the protocol allows.
    case tooLong
    /// The values would occupy more memory than one message may; the limit is in bytes.
    case tooLarge(limit: Int)
    /// Bytes are left behind the value.
    case trailingBytes(Int)
    /// The value cannot be sent; the text says why.
    case unsendable(String)
  }

  /// What is wrong.
  package let kind: Kind
  /// Where in the message, in bytes from its beginning; zero for a value that is being written.
  package let offset: Int

  package init(_ kind: Kind, at offset: Int = 0) {
    self.kind = kind
    self.offset = offset
  }

  package var description: String {
    switch kind {
    case .truncated(let needed, let left):
      "at byte \(offset): \(needed) bytes expected, \(left) left"
    case .reservedMarker(let marker): "at byte \(offset): 0x\(String(marker, radix: 16)) begins no value"
    case .invalidText: "at byte \(offset): text that is not UTF-8"
    case .keyIsNoText(let marker):
      "at byte \(offset): a map's key must be text, found marker 0x\(String(marker, radix: 16))"
    case .tooDeep(let limit): "at byte \(offset): nested more than \(limit) deep"
    case .tooLong: "at byte \(offset): longer than the protocol allows"
    case .tooLarge(let limit):
      "at byte \(offset): values of more than \(limit) bytes in one message; ask for smaller records"
    case .trailingBytes(let count): "\(count) bytes behind the end of the message"
    case .unsendable(let reason): reason
    }
  }
}
