/// Writes AMQP 0-9-1 data types.
package struct WireWriter {
  /// What has been written.
  package private(set) var bytes: [UInt8] = []

  /// An empty writer.
  package init() {}

  /// Appends raw bytes.
  package mutating func raw(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }
  /// An octet.
  package mutating func u8(_ value: UInt8) { bytes.append(value) }
  /// A short.
  package mutating func u16(_ value: UInt16) { integer(value) }
  /// A long.
  package mutating func u32(_ value: UInt32) { integer(value) }
  /// A long long.
  package mutating func u64(_ value: UInt64) { integer(value) }
  /// A short string; must fit 255 bytes.
  package mutating func shortString(_ text: String) {
    u8(UInt8(text.utf8.count))
    raw(text.utf8)
  }
  /// A long string.
  package mutating func longString(_ text: [UInt8]) {
    u32(UInt32(text.count))
    raw(text)
  }
  /// A field table.
  package mutating func table(_ entries: [String: WireValue]) {
    var inner = WireWriter()
    for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
      inner.shortString(key)
      inner.value(value)
    }
    longString(inner.bytes)
  }

  /// A typed field value.
  package mutating func value(_ value: WireValue) {
    switch value {
    case .null: tag("V")
    case .bool(let value): tag("t"); u8(value ? 1 : 0)
    case .int8(let value): tag("b"); u8(UInt8(bitPattern: value))
    case .int16(let value): tag("s"); u16(UInt16(bitPattern: value))
    case .int32(let value): tag("I"); u32(UInt32(bitPattern: value))
    case .int64(let value): tag("l"); u64(UInt64(bitPattern: value))
    case .double(let value): tag("d"); u64(value.bitPattern)
    case .string(let text): tag("S"); longString(Array(text.utf8))
    case .bytes(let bytes): tag("x"); longString(bytes)
    case .timestamp(let seconds): tag("T"); u64(seconds)
    case .array(let elements):
      var inner = WireWriter()
      for element in elements { inner.value(element) }
      tag("A")
      longString(inner.bytes)
    case .table(let entries): tag("F"); table(entries)
    }
  }

  private mutating func tag(_ letter: Unicode.Scalar) { u8(UInt8(ascii: letter)) }
  private mutating func integer(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
