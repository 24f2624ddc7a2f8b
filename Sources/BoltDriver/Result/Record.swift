/// One record of a result: values under the names of the result's columns.
public struct Record: Sendable {
  private let columns: RecordKeys
  /// The values, in the order of the columns.
  public let values: [BoltValue]

  init(columns: RecordKeys, values: [BoltValue]) {
    self.columns = columns
    self.values = values
  }

  /// Makes a record; what tests and fakes need. Of names and values the shorter list counts.
  public init(keys: [String], values: [BoltValue]) {
    let count = min(keys.count, values.count)
    self.init(columns: RecordKeys(Array(keys.prefix(count))), values: Array(values.prefix(count)))
  }

  /// The names of the columns, in order.
  public var keys: [String] { columns.names }

  /// The value of a column; nil when there is none of that name. A column that is null is `.null`.
  public subscript(_ column: String) -> BoltValue? {
    columns.index(of: column).flatMap { values.indices.contains($0) ? values[$0] : nil }
  }

  /// The record as a map; of two columns of the same name the first counts.
  public var dictionary: [String: BoltValue] {
    Dictionary(zip(keys, values), uniquingKeysWith: { first, _ in first })
  }

  /// Reads a column.
  ///
  /// - Throws: ``BoltDecodingError`` when there is no such column, or its value is of another type.
  public func get<Value: BoltValueDecodable>(
    _ column: String, as type: Value.Type = Value.self
  ) throws(BoltDecodingError) -> Value {
    guard let value = self[column] else {
      throw BoltDecodingError(expected: "a column '\(column)'", found: "the columns \(keys.joined(separator: ", "))")
    }
    do { return try Value(boltValue: value) } catch { throw error.below(column) }
  }

  /// Reads the column at a place, from 0.
  ///
  /// - Throws: ``BoltDecodingError`` when there is no such column, or its value is of another type.
  public func get<Value: BoltValueDecodable>(
    at index: Int, as type: Value.Type = Value.self
  ) throws(BoltDecodingError) -> Value {
    guard values.indices.contains(index) else {
      throw BoltDecodingError(expected: "a column at \(index)", found: "\(values.count) columns")
    }
    do { return try Value(boltValue: values[index]) } catch {
      throw error.below(keys.indices.contains(index) ? keys[index] : "\(index)")
    }
  }

  /// Reads the columns in order, as many as there are types: `let (name, age) = try record.decode(String.self,
  /// Int.self)`.
  ///
  /// - Throws: ``BoltDecodingError`` when there are more or fewer columns, or a value is of another type.
  public func decode<First: BoltValueDecodable, Second: BoltValueDecodable, each Other: BoltValueDecodable>(
    _ first: First.Type, _ second: Second.Type, _ others: repeat (each Other).Type
  ) throws -> (First, Second, repeat each Other) {
    var count = 2
    for _ in repeat (each Other).self { count += 1 }
    guard count == values.count else {
      throw BoltDecodingError(expected: "\(count) columns", found: "\(values.count)")
    }
    var index = -1
    func next<Next: BoltValueDecodable>(_ type: Next.Type) throws -> Next {
      index += 1
      return try get(at: index, as: type)
    }
    return (try next(first), try next(second), repeat try next((each Other).self))
  }

  /// Reads the record as a type: each property from the column of its name. A record of a single node, relationship or
  /// map is read from the properties of that, unless the type has a property with the column's name.
  ///
  /// - Throws: ``BoltDecodingError`` when a column is missing or of another type.
  public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    try BoltDecoder.decode(type, from: self)
  }
}

extension Record: Equatable {
  /// Whether both have the same columns with the same values.
  public static func == (left: Record, right: Record) -> Bool {
    left.keys == right.keys && left.values == right.values
  }
}

extension Record: CustomStringConvertible {
  /// The names of the columns with the types of their values: what may stand in a log.
  public var description: String {
    "Record(" + zip(keys, values).map { "\($0): \($1.typeName)" }.joined(separator: ", ") + ")"
  }
}
