/// Builds JSON text byte by byte, spelled as Python's `json.dumps(separators=(",", ":"))` spells it: pure ASCII, no
/// blanks.
struct JSONWriter {
  var bytes: [UInt8] = []

  @inline(__always)
  init() {}

  @inline(__always)
  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  @inline(__always)
  mutating func raw(_ byte: UInt8) { bytes.append(byte) }

  @inline(__always)
  mutating func raw(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inline(__always)
  mutating func raw(_ text: JSONText) { bytes.append(contentsOf: text.bytes) }

  /// Writes a string with its quotes.
  @inline(__always)
  mutating func string(_ string: String) {
    bytes.append(UInt8(ascii: "\""))
    let plain: Void? = string.utf8.withContiguousStorageIfAvailable { append(escaping: $0) }
    if plain == nil { Array(string.utf8).withUnsafeBufferPointer { append(escaping: $0) } }
    bytes.append(UInt8(ascii: "\""))
  }

  @inline(__always)
  private mutating func append(escaping text: UnsafeBufferPointer<UInt8>) {
    if text.allSatisfy(Self.isPlain) { return bytes.append(contentsOf: text) }
    appendEscaped(text)
  }

  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  @inline(never)
  private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\"": raw(#"\""#)
      case "\\": raw(#"\\"#)
      case "\n": raw(#"\n"#)
      case "\r": raw(#"\r"#)
      case "\t": raw(#"\t"#)
      case "\u{8}": raw(#"\b"#)
      case "\u{C}": raw(#"\f"#)
      case " "..."~": raw(UInt8(truncatingIfNeeded: scalar.value))
      default: for unit in UTF16.encode(scalar) ?? .init() { appendUnit(unit) }
      }
    }
  }

  private mutating func appendUnit(_ unit: UInt16) {
    raw(#"\u"#)
    for shift: UInt16 in [12, 8, 4, 0] {
      let digit = UInt8(truncatingIfNeeded: unit >> shift) & 0xF
      raw(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }

  mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

  /// Writes a whole number.
  @inline(__always)
  mutating func integer(_ value: some FixedWidthInteger) {
    var text = String(value)
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  /// Writes a number as Python's `repr` does: the shortest digits that read back the same, `1.0`, `1e+300`, `1e-07`.
  mutating func double(_ value: Double) {
    if value.isNaN { return raw("NaN") }
    if value.isInfinite { return raw(value < 0 ? "-Infinity" : "Infinity") }
    // Swift turns to exponents from 2^53 on, Python from 1e16 on; in between all digits before the point are needed.
    if value.magnitude >= 9_007_199_254_740_992, value.magnitude < 1e16, let whole = Int64(exactly: value) {
      integer(whole)
      return raw(".0")
    }
    var text = value.description
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  /// Writes a number of lesser precision with no more digits than it has.
  mutating func float(_ value: Float) { double(Double(value.description) ?? Double(value)) }
}
