/// Reads the items of a list.
struct BoltUnkeyedContainer: UnkeyedDecodingContainer {
  let items: [BoltValue]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0

  init(items: [BoltValue], codingPath: [any CodingKey]) {
    self.items = items
    self.codingPath = codingPath
  }

  var count: Int? { items.count }
  var isAtEnd: Bool { currentIndex >= items.count }

  mutating func decodeNil() throws -> Bool {
    guard try current().isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let value = try BoltDecoder.decode(type, from: try current(), at: path)
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try nextDecoder().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try nextDecoder().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder { try nextDecoder() }

  private var path: [any CodingKey] { codingPath + [BoltIndexKey(currentIndex)] }

  private func current() throws -> BoltValue {
    guard currentIndex < items.count else {
      throw BoltDecoder.located(
        BoltDecodingError(expected: "an item at \(currentIndex)", found: "a list of \(items.count)"), codingPath)
    }
    return items[currentIndex]
  }

  private mutating func nextDecoder() throws -> BoltDecoder {
    let decoder = BoltDecoder(try current(), codingPath: path)
    currentIndex += 1
    return decoder
  }
}
