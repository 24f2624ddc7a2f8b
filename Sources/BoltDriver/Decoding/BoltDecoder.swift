/// Reads values of the graph as `Decodable` types.
///
/// A map, a node and a relationship are read by key; a node's and a relationship's keys are its properties. Everything
/// that the driver has a type for (``BoltDate``, ``BoltNode``, `[UInt8]`, …) may be a property as it is.
struct BoltDecoder: Decoder {
  let value: BoltValue
  let codingPath: [any CodingKey]
  /// Notes whether the type asks for a property of the column's name; nil where nobody wants to know.
  let column: ColumnWatch?
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(_ value: BoltValue, codingPath: [any CodingKey] = [], column: ColumnWatch? = nil) {
    self.value = value
    self.codingPath = codingPath
    self.column = column
  }

  /// Reads a value.
  ///
  /// - Throws: ``BoltDecodingError``, or what the type's own `init(from:)` throws.
  static func decode<Value: Decodable>(
    _ type: Value.Type, from value: BoltValue, at path: [any CodingKey] = [], column: ColumnWatch? = nil
  ) throws -> Value {
    if let known = type as? any BoltValueDecodable.Type {
      do {
        // The cast cannot fail: the type is the one that was asked for.
        if let read = try known.init(boltValue: value) as? Value { return read }
      } catch {
        throw located(error, path)
      }
    }
    return try Value(from: BoltDecoder(value, codingPath: path, column: column))
  }

  /// Reads a record: by its columns, or, when its only column holds something with properties of its own and the type
  /// has no property of the column's name, from those.
  static func decode<Value: Decodable>(_ type: Value.Type, from record: Record) throws -> Value {
    guard record.values.count == 1, let only = record.values.first, let column = record.keys.first else {
      return try decode(type, from: .map(record.dictionary))
    }
    guard let entries = only.entries else { return try decode(type, fromScalar: only, column) }
    // A type may ask for the column and take no for an answer: an optional property.
    let watch = entries[column] == nil ? ColumnWatch(column) : nil
    let inner = Result { try decode(type, from: only, column: watch) }
    if case .success(let value) = inner, watch?.wasAskedFor != true { return value }
    // The error of the more likely reading is the one to show.
    return try (try? decode(type, from: .map([column: only]))) ?? inner.get()
  }

  /// Reads a value without properties, the only one of a record: by its column, unless the type is read from a value.
  private static func decode<Value: Decodable>(
    _ type: Value.Type, fromScalar only: BoltValue, _ column: String
  ) throws -> Value {
    guard type is any BoltValueDecodable.Type else { return try Value(from: BoltDecoder(.map([column: only]))) }
    do { return try decode(type, from: only) } catch let inner {
      // A dictionary of columns is one as well when there is only one of them.
      guard let read = try? decode(type, from: .map([column: only])) else { throw inner }
      return read
    }
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard let entries = value.entries else {
      throw Self.located(value.mismatch("map, node or relationship"), codingPath)
    }
    return KeyedDecodingContainer(BoltKeyedContainer(entries: entries, codingPath: codingPath, column: column))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .list(let items) = value else { throw Self.located(value.mismatch("list"), codingPath) }
    return BoltUnkeyedContainer(items: items, codingPath: codingPath)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    BoltSingleValueContainer(value: value, codingPath: codingPath)
  }

  /// The error with the path at which the decoder stands.
  static func located(_ error: BoltDecodingError, _ path: [any CodingKey]) -> BoltDecodingError {
    path.reversed().reduce(error) { $0.below($1.intValue.map(String.init) ?? $1.stringValue) }
  }
}

extension BoltValue {
  /// The entries of a map, or the properties of a node or relationship; nil for everything else.
  var entries: [String: BoltValue]? {
    switch self {
    case .map(let entries): entries
    case .node(let node): node.properties
    case .relationship(let relationship): relationship.properties
    case .unboundRelationship(let relationship): relationship.properties
    default: nil
    }
  }
}

/// A place in a list, as a key.
struct BoltIndexKey: CodingKey {
  let intValue: Int?
  var stringValue: String { intValue.map(String.init) ?? "" }

  init(_ index: Int) { intValue = index }
  init?(intValue: Int) { self.intValue = intValue }
  init?(stringValue: String) { nil }
}
