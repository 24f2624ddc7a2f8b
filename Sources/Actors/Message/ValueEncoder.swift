/// The encoder that a value writes itself to.
struct ValueEncoder: Encoder {
  let slot: ValueSlot

  var codingPath: [any CodingKey] { slot.path }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    slot.open(.object)
    return KeyedEncodingContainer(MemberEncoder<Key>(slot: slot))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    slot.open(.array)
    return ElementEncoder(slot: slot)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

extension ValueEncoder: SingleValueEncodingContainer {
  private func scalar(_ write: (inout JSONWriter) -> Void) throws { try slot.writeSingle { write(&$0.sink.writer) } }

  func encodeNil() throws { try scalar { $0.raw("null") } }
  func encode(_ value: Bool) throws { try scalar { $0.bool(value) } }
  func encode(_ value: String) throws { try scalar { $0.string(value) } }
  func encode(_ value: Double) throws { try scalar { $0.double(value) } }
  func encode(_ value: Float) throws { try scalar { $0.float(value) } }
  func encode(_ value: Int) throws { try scalar { $0.integer(value) } }
  func encode(_ value: Int8) throws { try scalar { $0.integer(value) } }
  func encode(_ value: Int16) throws { try scalar { $0.integer(value) } }
  func encode(_ value: Int32) throws { try scalar { $0.integer(value) } }
  func encode(_ value: Int64) throws { try scalar { $0.integer(value) } }
  func encode(_ value: Int128) throws { try scalar { $0.integer(value) } }
  func encode(_ value: UInt) throws { try scalar { $0.integer(value) } }
  func encode(_ value: UInt8) throws { try scalar { $0.integer(value) } }
  func encode(_ value: UInt16) throws { try scalar { $0.integer(value) } }
  func encode(_ value: UInt32) throws { try scalar { $0.integer(value) } }
  func encode(_ value: UInt64) throws { try scalar { $0.integer(value) } }
  func encode(_ value: UInt128) throws { try scalar { $0.integer(value) } }
  func encode<T: Encodable>(_ value: T) throws { try slot.writeSingle { try $0.writeInstead(value) } }
}
