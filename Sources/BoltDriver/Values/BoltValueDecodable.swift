/// A type that a value of the graph can be read as.
///
/// Nothing is converted silently: an integer is no string, and a float no integer. Only what loses nothing is taken: an
/// integer that fits as a narrower one, or as a `Double` that holds it exactly.
public protocol BoltValueDecodable: SendableMetatype {
  /// Reads a value.
  ///
  /// - Throws: ``BoltDecodingError`` when the value is of another type.
  init(boltValue: BoltValue) throws(BoltDecodingError)
}

extension BoltValue {
  /// Reads the value as a type.
  ///
  /// - Throws: ``BoltDecodingError`` when the value is of another type.
  public func decode<Value: BoltValueDecodable>(_ type: Value.Type = Value.self) throws(BoltDecodingError) -> Value {
    try Value(boltValue: self)
  }

  /// The error of a value that is not of the type asked for.
  package func mismatch(_ expected: String) -> BoltDecodingError {
    if case .unsupported(let value) = self {
      return BoltDecodingError(expected: expected, found: "\(value.name), which cannot be represented: \(value.reason)")
    }
    return BoltDecodingError(expected: expected, found: typeName)
  }
}

extension BoltValue: BoltValueDecodable {
  /// The value itself.
  public init(boltValue: BoltValue) { self = boltValue }
}

extension Bool: BoltValueDecodable {
  /// Reads a truth value.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .bool(let value) = boltValue else { throw boltValue.mismatch("bool") }
    self = value
  }
}

extension String: BoltValueDecodable {
  /// Reads text.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .string(let value) = boltValue else { throw boltValue.mismatch("string") }
    self = value
  }
}

extension Double: BoltValueDecodable {
  /// Reads a float, or an integer that a float holds exactly.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    switch boltValue {
    case .float(let value): self = value
    case .int(let value):
      guard let exact = Double(exactly: value) else {
        throw BoltDecodingError(expected: "float", found: "the integer \(value), which a float cannot hold exactly")
      }
      self = exact
    default: throw boltValue.mismatch("float")
    }
  }
}

extension Float: BoltValueDecodable {
  /// Reads a float that 32 bits hold exactly, or a NaN.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    let wide = try Double(boltValue: boltValue)
    guard wide.isNaN || Double(Float(wide)) == wide else {
      throw BoltDecodingError(expected: "32-bit float", found: "a float that 32 bits cannot hold exactly")
    }
    self = Float(wide)
  }
}

extension FixedWidthInteger {
  fileprivate init(exactly boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .int(let value) = boltValue else { throw boltValue.mismatch("integer") }
    guard let fitting = Self(exactly: value) else {
      throw BoltDecodingError(expected: "integer of \(Self.bitWidth) bits", found: "\(value)")
    }
    self = fitting
  }
}

extension Int: BoltValueDecodable {
  /// Reads an integer that fits.
  public init(boltValue: BoltValue) throws(BoltDecodingError) { try self.init(exactly: boltValue) }
}

extension Int8: BoltValueDecodable {
  /// Reads an integer that fits.
  public init(boltValue: BoltValue) throws(BoltDecodingError) { try self.init(exactly: boltValue) }
}

extension Int16: BoltValueDecodable {
  /// Reads an integer that fits.
  public init(boltValue: BoltValue) throws(BoltDecodingError) { try self.init(exactly: boltValue) }
}

extension Int32: BoltValueDecodable {
  /// Reads an integer that fits.
  public init(boltValue: BoltValue) throws(BoltDecodingError) { try self.init(exactly: boltValue) }
}

extension Int64: BoltValueDecodable {
  /// Reads an integer.
  public init(boltValue: BoltValue) throws(BoltDecodingError) { try self.init(exactly: boltValue) }
}

extension UInt8: BoltValueDecodable {
  /// Reads an integer that fits.
  public init(boltValue: BoltValue) throws(BoltDecodingError) { try self.init(exactly: boltValue) }
}

extension UInt16: BoltValueDecodable {
  /// Reads an integer that fits.
  public init(boltValue: BoltValue) throws(BoltDecodingError) { try self.init(exactly: boltValue) }
}

extension UInt32: BoltValueDecodable {
  /// Reads an integer that fits.
  public init(boltValue: BoltValue) throws(BoltDecodingError) { try self.init(exactly: boltValue) }
}

extension UInt64: BoltValueDecodable {
  /// Reads an integer that fits.
  public init(boltValue: BoltValue) throws(BoltDecodingError) { try self.init(exactly: boltValue) }
}

extension UInt: BoltValueDecodable {
  /// Reads an integer that fits.
  public init(boltValue: BoltValue) throws(BoltDecodingError) { try self.init(exactly: boltValue) }
}

extension Optional: BoltValueDecodable where Wrapped: BoltValueDecodable {
  /// Reads null as nil, and everything else as the wrapped type.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    self = boltValue.isNull ? nil : try Wrapped(boltValue: boltValue)
  }
}

extension Array: BoltValueDecodable where Element: BoltValueDecodable {
  /// Reads a list; as `[UInt8]` also bytes.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    // No bytes at all would pass as a list of anything.
    if case .bytes(let bytes) = boltValue, Element.self == UInt8.self, let elements = bytes as? [Element] {
      self = elements
      return
    }
    guard case .list(let items) = boltValue else { throw boltValue.mismatch("list") }
    self = []
    reserveCapacity(items.count)
    for (index, item) in items.enumerated() {
      do { append(try Element(boltValue: item)) } catch { throw error.below("\(index)") }
    }
  }
}

extension Dictionary: BoltValueDecodable where Key == String, Value: BoltValueDecodable {
  /// Reads a map.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .map(let entries) = boltValue else { throw boltValue.mismatch("map") }
    self.init(minimumCapacity: entries.count)
    for (key, entry) in entries {
      do { self[key] = try Value(boltValue: entry) } catch { throw error.below(key) }
    }
  }
}

extension Duration: BoltValueDecodable {
  /// Reads a duration that has neither months nor days.
  public init(boltValue: BoltValue) throws(BoltDecodingError) {
    guard case .duration(let value) = boltValue else { throw boltValue.mismatch("duration") }
    guard let fixed = value.fixed else {
      throw BoltDecodingError(expected: "duration of fixed length, without months and days and within 2⁶³ seconds", found: "\(value)")
    }
    self = fixed
  }
}
