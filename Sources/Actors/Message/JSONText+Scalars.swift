extension JSONText {
  /// Whether the value is `null`.
  public var isNull: Bool { bytes.first == UInt8(ascii: "n") }

  /// The value of `true` or `false`; nil for anything else.
  public var boolValue: Bool? {
    switch bytes.first {
    case UInt8(ascii: "t"): true
    case UInt8(ascii: "f"): false
    default: nil
    }
  }

  /// The text of a string, escapes resolved; nil for anything else, and for a string with half a surrogate pair in it.
  public var stringValue: String? {
    guard bytes.first == UInt8(ascii: "\"") else { return nil }
    return withScanner { scanner in (try? scanner.skipString()).flatMap { scanner.string($0) } }
  }

  /// A whole number that fits `Int64`, however it is spelled (`3`, `3.0`, `3e2`); nil for anything else.
  public var integerValue: Int64? { integer(as: Int64.self) }

  /// The value of a number, to the nearest `Double`; nil for anything else. `NaN` and the infinities count as numbers,
  /// and a number beyond the range is an infinity, as in Python.
  public var doubleValue: Double? { bytes.withUnsafeBufferPointer(NumberText.double) }

  /// Whether the value is a number or one of the tokens `NaN`, `Infinity`, `-Infinity`.
  public var isNumber: Bool {
    guard let first = bytes.first else { return false }
    return switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "N"), UInt8(ascii: "I"): true
    default: false
    }
  }

  /// Whether Python would take the value for true: not null, not false, not zero, not empty.
  public var isTruthy: Bool {
    switch bytes.first {
    case UInt8(ascii: "n"), UInt8(ascii: "f"): false
    case UInt8(ascii: "\""): bytes.count > 2
    case UInt8(ascii: "["), UInt8(ascii: "{"): !isEmptyContainer
    case UInt8(ascii: "t"): true
    default: doubleValue != 0
    }
  }

  /// A whole number that fits the type.
  func integer<I: FixedWidthInteger>(as type: I.Type) -> I? {
    bytes.withUnsafeBufferPointer { NumberText.integer($0, as: type) }
  }
}
