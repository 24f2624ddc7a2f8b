/// The unkeyed container over an array.
struct ElementValues: UnkeyedDecodingContainer {
  private var cursor: ElementCursor
  private let path: CodingPath?
  private(set) var currentIndex = 0
  let count: Int?

  init(_ text: JSONText, path: CodingPath?) {
    cursor = ElementCursor(text)
    self.path = path
    count = cursor.remaining
  }

  var codingPath: [any CodingKey] { path?.keys ?? [] }
  var isAtEnd: Bool { cursor.isAtEnd }
  private var step: CodingPath { CodingPath(path, index: currentIndex) }

  /// Reads the next element; it is passed only when it could be read, so that another type can be tried.
  @inline(__always)
  private mutating func next<R>(_ read: (JSONText, ElementValues) throws -> R) throws -> R {
    var advanced = cursor
    guard let text = advanced.next() else {
      throw DecodingError.valueNotFound(
        R.self, .init(codingPath: step.keys, debugDescription: "expected \(R.self), got the end of the array"))
    }
    let value = try read(text, self)
    cursor = advanced
    currentIndex += 1
    return value
  }

  mutating func decodeNil() throws -> Bool {
    guard let text = cursor.peek(), text.isNull else { return false }
    _ = cursor.next()
    currentIndex += 1
    return true
  }

  mutating func decode(_ type: Bool.Type) throws -> Bool { try next { try ValueDecoder.bool($0, $1.step) } }
  mutating func decode(_ type: String.Type) throws -> String { try next { try ValueDecoder.string($0, $1.step) } }
  mutating func decode(_ type: Double.Type) throws -> Double { try next { try ValueDecoder.double($0, $1.step) } }
  mutating func decode(_ type: Float.Type) throws -> Float { try next { try ValueDecoder.float($0, $1.step) } }
  mutating func decode(_ type: Int.Type) throws -> Int { try integer(type) }
  mutating func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
  mutating func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
  mutating func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
  mutating func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
  mutating func decode(_ type: Int128.Type) throws -> Int128 { try integer(type) }
  mutating func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
  mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
  mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
  mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
  mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }
  mutating func decode(_ type: UInt128.Type) throws -> UInt128 { try integer(type) }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try next { try ValueDecoder.decode(type, from: $0, path: $1.step) }
  }

  @inline(__always)
  private mutating func integer<I: FixedWidthInteger>(_ type: I.Type) throws -> I {
    try next { try ValueDecoder.integer(type, $0, $1.step) }
  }

  mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    try next { try ValueDecoder(text: $0, path: $1.step).container(keyedBy: type) }
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next { try ValueDecoder(text: $0, path: $1.step).unkeyedContainer() }
  }

  mutating func superDecoder() throws -> any Decoder { try next { ValueDecoder(text: $0, path: $1.step) } }
}
