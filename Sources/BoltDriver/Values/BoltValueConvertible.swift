/// A type whose values can be sent as query parameters.
public protocol BoltValueConvertible {
  /// The value as it is sent.
  var boltValue: BoltValue { get }
}

extension BoltValue: BoltValueConvertible {
  /// The value itself.
  public var boltValue: BoltValue { self }
}

extension Bool: BoltValueConvertible {
  /// The truth value.
  public var boltValue: BoltValue { .bool(self) }
}

extension Int: BoltValueConvertible {
  /// The integer.
  public var boltValue: BoltValue { .int(Int64(self)) }
}

extension Int8: BoltValueConvertible {
  /// The integer.
  public var boltValue: BoltValue { .int(Int64(self)) }
}

extension Int16: BoltValueConvertible {
  /// The integer.
  public var boltValue: BoltValue { .int(Int64(self)) }
}

extension Int32: BoltValueConvertible {
  /// The integer.
  public var boltValue: BoltValue { .int(Int64(self)) }
}

extension Int64: BoltValueConvertible {
  /// The integer.
  public var boltValue: BoltValue { .int(self) }
}

extension UInt8: BoltValueConvertible {
  /// The integer.
  public var boltValue: BoltValue { .int(Int64(self)) }
}

extension UInt16: BoltValueConvertible {
  /// The integer.
  public var boltValue: BoltValue { .int(Int64(self)) }
}

extension UInt32: BoltValueConvertible {
  /// The integer.
  public var boltValue: BoltValue { .int(Int64(self)) }
}

extension Double: BoltValueConvertible {
  /// The number.
  public var boltValue: BoltValue { .float(self) }
}

extension Float: BoltValueConvertible {
  /// The number, widened to 64 bits.
  public var boltValue: BoltValue { .float(Double(self)) }
}

extension String: BoltValueConvertible {
  /// The text.
  public var boltValue: BoltValue { .string(self) }
}

extension Substring: BoltValueConvertible {
  /// The text.
  public var boltValue: BoltValue { .string(String(self)) }
}

extension Duration: BoltValueConvertible {
  /// The span, in seconds and nanoseconds.
  public var boltValue: BoltValue { .duration(BoltDuration(self)) }
}

extension Optional: BoltValueConvertible where Wrapped: BoltValueConvertible {
  /// The wrapped value, or null.
  public var boltValue: BoltValue { self?.boltValue ?? .null }
}

extension Array: BoltValueConvertible where Element: BoltValueConvertible {
  /// A list; of `UInt8` it is a list of integers, as for every other integer: send `BoltValue.bytes` for bytes.
  public var boltValue: BoltValue { .list(map(\.boltValue)) }
}

extension Set: BoltValueConvertible where Element: BoltValueConvertible {
  /// A list, in no particular order.
  public var boltValue: BoltValue { .list(map(\.boltValue)) }
}

extension Dictionary: BoltValueConvertible where Key == String, Value: BoltValueConvertible {
  /// A map.
  public var boltValue: BoltValue { .map(mapValues(\.boltValue)) }
}
