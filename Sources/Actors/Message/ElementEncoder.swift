/// The unkeyed container of a value that is written as an array.
struct ElementEncoder: UnkeyedEncodingContainer {
  let slot: ValueSlot

  var codingPath: [any CodingKey] { slot.path }
  var count: Int { slot.count }

  func encodeNil() throws { try slot.write(forKey: nil) { $0.raw("null") } }
  func encode(_ value: Bool) throws { try slot.write(forKey: nil) { $0.bool(value) } }
  func encode(_ value: String) throws { try slot.write(forKey: nil) { $0.string(value) } }
  func encode(_ value: Double) throws { try slot.write(forKey: nil) { $0.double(value) } }
  func encode(_ value: Float) throws { try slot.write(forKey: nil) { $0.float(value) } }
  func encode(_ value: Int) throws { try slot.write(forKey: nil) { $0.integer(value) } }
  func encode(_ value: Int8) throws { try slot.write(forKey: nil) { $0.integer(value) } }
  func encode(_ value: Int16) throws { try slot.write(forKey: nil) { $0.integer(value) } }
  func encode(_ value: Int32) throws { try slot.write(forKey: nil) { $0.integer(value) } }
  func encode(_ value: Int64) throws { try slot.write(forKey: nil) { $0.integer(value) } }
  func encode(_ value: Int128) throws { try slot.write(forKey: nil) { $0.integer(value) } }
  func encode(_ value: UInt) throws { try slot.write(forKey: nil) { $0.integer(value) } }
  func encode(_ value: UInt8) throws { try slot.write(forKey: nil) { $0.integer(value) } }
  func encode(_ value: UInt16) throws { try slot.write(forKey: nil) { $0.integer(value) } }
  func encode(_ value: UInt32) throws { try slot.write(forKey: nil) { $0.integer(value) } }
  func encode(_ value: UInt64) throws { try slot.write(forKey: nil) { $0.integer(value) } }
  func encode(_ value: UInt128) throws { try slot.write(forKey: nil) { $0.integer(value) } }
  func encode<T: Encodable>(_ value: T) throws { try slot.writeElement(value) }

  func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    deferred.container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { deferred.unkeyedContainer() }
  func superEncoder() -> any Encoder { deferred }

  private var deferred: ValueEncoder { ValueEncoder(slot: slot.deferred(forKey: NameKey(index: slot.count))) }
}
