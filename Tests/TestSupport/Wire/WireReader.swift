/// Reads AMQP 0-9-1 data types.
package struct WireReader {
  private let bytes: [UInt8]
  private var position = 0

  /// Reads from these bytes.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// How many bytes are left.
  package var remaining: Int { bytes.count - position }

  /// So many raw bytes.
  ///
  /// - Throws: ``WireError`` when there are fewer.
  package mutating func raw(_ count: Int) throws -> [UInt8] {
    guard count <= remaining else { throw WireError("wanted \(count) bytes, \(remaining) are left") }
    defer { position += count }
    return Array(bytes[position..<position + count])
  }
  /// An octet.
  package mutating func u8() throws -> UInt8 { try raw(1)[0] }
  /// A short.
  package mutating func u16() throws -> UInt16 { try integer() }
  /// A long.
  package mutating func u32() throws -> UInt32 { try integer() }
  /// A long long.
  package mutating func u64() throws -> UInt64 { try integer() }
  /// A short string.
  package mutating func shortString() throws -> String { String(decoding: try raw(Int(u8())), as: UTF8.self) }
  /// A long string.
  package mutating func longString() throws -> [UInt8] { try raw(Int(u32())) }

  /// A field table.
  package mutating func table() throws -> [String: WireValue] {
    var inner = WireReader(try longString())
    var entries: [String: WireValue] = [:]
    while inner.remaining > 0 {
      let key = try inner.shortString()
      entries[key] = try inner.value()
    }
    return entries
  }

  /// A typed field value.
  package mutating func value() throws -> WireValue {
    let tag = try u8()
    switch Unicode.Scalar(tag) {
    case "V": return .null
    case "t": return .bool(try u8() != 0)
    case "b": return .int8(Int8(bitPattern: try u8()))
    case "B": return .int16(Int16(try u8()))
    case "s": return .int16(Int16(bitPattern: try u16()))
    case "u": return .int32(Int32(try u16()))
    case "I": return .int32(Int32(bitPattern: try u32()))
    case "i": return .int64(Int64(try u32()))
    case "l": return .int64(Int64(bitPattern: try u64()))
    case "f": return .double(Double(Float(bitPattern: try u32())))
    case "d": return .double(Double(bitPattern: try u64()))
    case "S":
      let bytes = try longString()
      return String(validating: bytes, as: UTF8.self).map(WireValue.string) ?? .bytes(bytes)
    case "x": return .bytes(try longString())
    case "T": return .timestamp(try u64())
    case "A":
      var inner = WireReader(try longString())
      var elements: [WireValue] = []
      while inner.remaining > 0 { elements.append(try inner.value()) }
      return .array(elements)
    case "F": return .table(try table())
    default: throw WireError("field type \(tag) is not known here")
    }
  }

  private mutating func integer<Integer: FixedWidthInteger>() throws -> Integer {
    try raw(MemoryLayout<Integer>.size).reduce(0) { $0 << 8 | Integer($1) }
  }
}
