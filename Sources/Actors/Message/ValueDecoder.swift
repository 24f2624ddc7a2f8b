/// Decodes Swift types from JSON text.
///
/// It differs from Foundation's decoder in what this wire needs: the spelling of numbers reaches ``JSONValue``, `NaN`
/// and the infinities are numbers, a key that comes twice is refused, and errors quote a value only in part.
struct ValueDecoder: Decoder {
  /// The value.
  let text: JSONText
  let path: CodingPath?

  var codingPath: [any CodingKey] { path?.keys ?? [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(KeyedValues<ObjectMembers, Key>(source: try ObjectMembers(text, path: path), path: path))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard text.isArray else { throw Self.mismatch([JSONValue].self, expected: "an array", text, path) }
    return ElementValues(text, path: path)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  /// Reads a value of any type.
  static func decode<T: Decodable>(
    _ type: T.Type, from text: JSONText, path: @autoclosure () -> CodingPath?
  ) throws -> T {
    // The commonest types skip the boxes of decoder and container that their own `init(from:)` would ask for.
    if type == String.self { return unsafeBitCast(try string(text, path()), to: type) }
    if type == Int.self { return unsafeBitCast(try integer(Int.self, text, path()), to: type) }
    if type == Double.self { return unsafeBitCast(try double(text, path()), to: type) }
    if type == Bool.self { return unsafeBitCast(try bool(text, path()), to: type) }
    if let reader = SpecialTypes.reader(of: type) {
      guard let value = try reader(text, path()) as? T else { throw mismatch(type, text, path()) }
      return value
    }
    return try T(from: ValueDecoder(text: text, path: path()))
  }

  /// Reads the value with its spelling.
  func jsonValue() throws -> JSONValue {
    do {
      return try text.withScanner { scanner throws(JSONValueParser.Fault) in
        try JSONValueParser.value(&scanner, repairing: false)
      }
    } catch {
      throw Self.mismatch(JSONValue.self, text, path)
    }
  }
}

// MARK: - Scalars

extension ValueDecoder {
  @inline(__always)
  static func bool(_ text: JSONText, _ path: @autoclosure () -> CodingPath?) throws -> Bool {
    guard let value = text.boolValue else { throw mismatch(Bool.self, text, path()) }
    return value
  }

  @inline(__always)
  static func string(_ text: JSONText, _ path: @autoclosure () -> CodingPath?) throws -> String {
    guard let value = text.stringValue else { throw mismatch(String.self, text, path()) }
    return value
  }

  @inline(__always)
  static func double(_ text: JSONText, _ path: @autoclosure () -> CodingPath?) throws -> Double {
    guard let value = text.doubleValue else { throw mismatch(Double.self, text, path()) }
    return value
  }

  static func float(_ text: JSONText, _ path: @autoclosure () -> CodingPath?) throws -> Float {
    // A number that only a Double can hold must not turn into an infinity that nobody sent.
    guard let value = text.doubleValue, value.isInfinite || !Float(value).isInfinite else {
      throw mismatch(Float.self, text, path())
    }
    return Float(value)
  }

  @inline(__always)
  static func integer<I: FixedWidthInteger>(
    _ type: I.Type, _ text: JSONText, _ path: @autoclosure () -> CodingPath?
  ) throws -> I {
    guard let value = text.integer(as: type) else { throw mismatch(type, text, path()) }
    return value
  }

  /// The error for a value that does not fit: what was expected, and the beginning of what came.
  @inline(never)
  static func mismatch(
    _ type: any Any.Type, expected: String? = nil, _ text: JSONText, _ path: CodingPath?
  ) -> DecodingError {
    let expected = expected ?? String(describing: type)
    let context = DecodingError.Context(
      codingPath: path?.keys ?? [], debugDescription: "expected \(expected), got \(Excerpt(text.bytes))")
    return text.isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
  }
}

extension ValueDecoder: SingleValueDecodingContainer {
  func decodeNil() -> Bool { text.isNull }
  func decode(_ type: Bool.Type) throws -> Bool { try Self.bool(text, path) }
  func decode(_ type: String.Type) throws -> String { try Self.string(text, path) }
  func decode(_ type: Double.Type) throws -> Double { try Self.double(text, path) }
  func decode(_ type: Float.Type) throws -> Float { try Self.float(text, path) }
  func decode(_ type: Int.Type) throws -> Int { try Self.integer(type, text, path) }
  func decode(_ type: Int8.Type) throws -> Int8 { try Self.integer(type, text, path) }
  func decode(_ type: Int16.Type) throws -> Int16 { try Self.integer(type, text, path) }
  func decode(_ type: Int32.Type) throws -> Int32 { try Self.integer(type, text, path) }
  func decode(_ type: Int64.Type) throws -> Int64 { try Self.integer(type, text, path) }
  func decode(_ type: Int128.Type) throws -> Int128 { try Self.integer(type, text, path) }
  func decode(_ type: UInt.Type) throws -> UInt { try Self.integer(type, text, path) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try Self.integer(type, text, path) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try Self.integer(type, text, path) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try Self.integer(type, text, path) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try Self.integer(type, text, path) }
  func decode(_ type: UInt128.Type) throws -> UInt128 { try Self.integer(type, text, path) }
  func decode<T: Decodable>(_ type: T.Type) throws -> T { try Self.decode(type, from: text, path: path) }
}
