/// The keyed container over an object's members, or over the arguments of a message.
struct KeyedValues<Source: MemberSource, Key: CodingKey>: KeyedDecodingContainerProtocol {
  let source: Source
  let path: CodingPath?

  var codingPath: [any CodingKey] { path?.keys ?? [] }
  var allKeys: [Key] { source.names.compactMap(Key.init(stringValue:)) }

  func contains(_ key: Key) -> Bool { source.value(of: key) != nil }

  @inline(__always)
  private func value(_ key: Key) throws -> JSONText {
    guard let value = source.value(of: key) else { throw missing(key) }
    return value
  }

  private func missing(_ key: Key) -> DecodingError {
    .keyNotFound(key, .init(codingPath: codingPath, debugDescription: "it is missing"))
  }

  private func step(_ key: Key) -> CodingPath { CodingPath(path, key) }

  func decodeNil(forKey key: Key) throws -> Bool { try value(key).isNull }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try ValueDecoder.bool(value(key), step(key)) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try ValueDecoder.string(value(key), step(key)) }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try ValueDecoder.double(value(key), step(key)) }
  func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try ValueDecoder.float(value(key), step(key)) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try integer(type, key) }
  func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try integer(type, key) }
  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try integer(type, key) }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try integer(type, key) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try integer(type, key) }
  func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 { try integer(type, key) }
  func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try integer(type, key) }
  func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try integer(type, key) }
  func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try integer(type, key) }
  func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try integer(type, key) }
  func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try integer(type, key) }
  func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 { try integer(type, key) }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try ValueDecoder.decode(type, from: value(key), path: step(key))
  }

  @inline(__always)
  private func integer<I: FixedWidthInteger>(_ type: I.Type, _ key: Key) throws -> I {
    try ValueDecoder.integer(type, value(key), step(key))
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try ValueDecoder(text: value(key), path: step(key)).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try ValueDecoder(text: value(key), path: step(key)).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    let key = NameKey("super")
    return ValueDecoder(text: source.value(of: key) ?? .null, path: CodingPath(path, key))
  }

  func superDecoder(forKey key: Key) throws -> any Decoder { ValueDecoder(text: try value(key), path: step(key)) }
}
