/// Reads the entries of a map, or the properties of a node or relationship.
struct BoltKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let entries: [String: BoltValue]
  let codingPath: [any CodingKey]
  /// Hears what is asked for; nil where nobody wants to know.
  let column: ColumnWatch?

  var allKeys: [Key] { entries.keys.compactMap(Key.init(stringValue:)) }

  func contains(_ key: Key) -> Bool {
    column?.note(key.stringValue)
    return entries[key.stringValue] != nil
  }

  func decodeNil(forKey key: Key) throws -> Bool { try entry(key).isNull }

  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try read(key) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try read(key) }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try read(key) }
  func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try read(key) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try read(key) }
  func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try read(key) }
  func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try read(key) }
  func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try read(key) }
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try read(key) }
  func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try read(key) }
  func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try read(key) }
  func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try read(key) }
  func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try read(key) }
  func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try read(key) }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try BoltDecoder.decode(type, from: entry(key), at: codingPath + [key])
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try decoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    BoltDecoder(entries["super"] ?? .null, codingPath: codingPath)
  }

  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

  private func decoder(_ key: Key) throws -> BoltDecoder {
    BoltDecoder(try entry(key), codingPath: codingPath + [key])
  }

  private func entry(_ key: Key) throws -> BoltValue {
    guard let value = entries[key.stringValue] else {
      let names = entries.keys.sorted().prefix(20).joined(separator: ", ")
      throw BoltDecoder.located(
        BoltDecodingError(expected: "an entry '\(key.stringValue)'", found: "the entries \(names)"), codingPath)
    }
    return value
  }

  private func read<Value: BoltValueDecodable>(_ key: Key) throws -> Value {
    let value = try entry(key)
    do { return try Value(boltValue: value) } catch { throw BoltDecoder.located(error, codingPath + [key]) }
  }
}
