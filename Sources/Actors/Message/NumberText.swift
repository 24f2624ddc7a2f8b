/// Reads the spelling of a JSON number. Nothing here assumes that the bytes are one: other bytes give nil.
enum NumberText {
  /// A whole number that fits the type, however it is spelled; nil for anything else.
  static func integer<I: FixedWidthInteger>(_ bytes: UnsafeBufferPointer<UInt8>, as type: I.Type) -> I? {
    var index = 0
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative { index = 1 }
    guard index < bytes.count else { return nil }
    var value: I = 0
    while index < bytes.count {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { return wholeDouble(bytes).flatMap { I(exactly: $0) } }
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      // Building up the negative value itself reaches `min`, which has no positive twin.
      let (sum, carry) =
        isNegative
        ? scaled.subtractingReportingOverflow(I(truncatingIfNeeded: digit))
        : scaled.addingReportingOverflow(I(truncatingIfNeeded: digit))
      if overflow || carry { return nil }
      value = sum
      index += 1
    }
    return value
  }

  /// A number with a fraction or an exponent that is whole all the same, where `Double` still tells neighbours apart.
  private static func wholeDouble(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    guard let value = double(bytes), value.magnitude < 9_007_199_254_740_992, value == value.rounded(.towardZero)
    else { return nil }
    return value
  }

  /// A number as Unix milliseconds and the like: its whole part, when that fits `Int64`.
  static func truncated(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
    if let value = integer(bytes, as: Int64.self) { return value }
    // A plain integer that did not fit must not come back rounded into the range.
    guard bytes.contains(where: { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }) else { return nil }
    return double(bytes).flatMap { Int64(exactly: $0.rounded(.towardZero)) }
  }

  /// The nearest `Double`, the tokens `NaN`, `Infinity`, `-Infinity` included; nil for anything that is no number.
  static func double(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    guard let first = bytes.first else { return nil }
    if let short = shortDouble(bytes) { return short }
    switch first {
    case UInt8(ascii: "N"): return .nan
    case UInt8(ascii: "I"): return .infinity
    case UInt8(ascii: "-") where bytes.count > 1 && bytes[1] == UInt8(ascii: "I"): return -.infinity
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return Double(String(decoding: bytes, as: UTF8.self))
    default: return nil
    }
  }

  /// A few digits, perhaps with a point among them: digits and power of ten are both exact, so one division rounds
  /// right.
  private static func shortDouble(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
    guard bytes.count <= 16 else { return nil }
    let isNegative = bytes.first == UInt8(ascii: "-")
    var digits: Int64 = 0
    var scale: Double = 1
    var isFraction = false
    for byte in bytes.dropFirst(isNegative ? 1 : 0) {
      let digit = byte &- UInt8(ascii: "0")
      if digit <= 9 {
        digits = digits &* 10 &+ Int64(digit)
        if isFraction { scale *= 10 }
      } else if byte == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else {
        return nil
      }
    }
    guard digits <= 9_007_199_254_740_992, bytes.count > (isNegative ? 1 : 0) else { return nil }
    let value = Double(digits) / scale
    return isNegative ? -value : value
  }
}
