/// The keyed container of a value that is written as an object.
struct MemberEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let slot: ValueSlot

  var codingPath: [any CodingKey] { slot.path }

  func encodeNil(forKey key: Key) throws { try slot.write(forKey: key) { $0.raw("null") } }
  func encode(_ value: Bool, forKey key: Key) throws { try slot.write(forKey: key) { $0.bool(value) } }
  func encode(_ value: String, forKey key: Key) throws { try slot.write(forKey: key) { $0.string(value) } }
  func encode(_ value: Double, forKey key: Key) throws { try slot.write(forKey: key) { $0.double(value) } }
  func encode(_ value: Float, forKey key: Key) throws { try slot.write(forKey: key) { $0.float(value) } }
  func encode(_ value: Int, forKey key: Key) throws { try slot.write(forKey: key) { $0.integer(value) } }
  func encode(_ value: Int8, forKey key: Key) throws { try slot.write(forKey: key) { $0.integer(value) } }
  func encode(_ value: Int16, forKey key: Key) throws { try slot.write(forKey: key) { $0.integer(value) } }
  func encode(_ value: Int32, forKey key: Key) throws { try slot.write(forKey: key) { $0.integer(value) } }
  func encode(_ value: Int64, forKey key: Key) throws { try slot.write(forKey: key) { $0.integer(value) } }
  func encode(_ value: Int128, forKey key: Key) throws { try slot.write(forKey: key) { $0.integer(value) } }
  func encode(_ value: UInt, forKey key: Key) throws { try slot.write(forKey: key) { $0.integer(value) } }
  func encode(_ value: UInt8, forKey key: Key) throws { try slot.write(forKey: key) { $0.integer(value) } }
  func encode(_ value: UInt16, forKey key: Key) throws { try slot.write(forKey: key) { $0.integer(value) } }
  func encode(_ value: UInt32, forKey key: Key) throws { try slot.write(forKey: key) { $0.integer(value) } }
  func encode(_ value: UInt64, forKey key: Key) throws { try slot.write(forKey: key) { $0.integer(value) } }
  func encode(_ value: UInt128, forKey key: Key) throws { try slot.write(forKey: key) { $0.integer(value) } }
  func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try slot.write(value, forKey: key) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    ValueEncoder(slot: slot.deferred(forKey: key)).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    ValueEncoder(slot: slot.deferred(forKey: key)).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { ValueEncoder(slot: slot.deferred(forKey: NameKey("super"))) }
  func superEncoder(forKey key: Key) -> any Encoder { ValueEncoder(slot: slot.deferred(forKey: key)) }
}
