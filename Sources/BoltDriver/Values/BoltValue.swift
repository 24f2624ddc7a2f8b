/// A value of the Bolt protocol: a query parameter, or a field of a record.
///
/// Integers and floats are kept apart, as the protocol does. Large structures are held behind a reference, so that a
/// value stays small and a list of them dense.
public enum BoltValue: Sendable, Hashable {
  /// No value.
  case null
  /// A truth value.
  case bool(Bool)
  /// A 64-bit integer.
  case int(Int64)
  /// A 64-bit IEEE 754 number.
  case float(Double)
  /// Text.
  case string(String)
  /// Bytes.
  case bytes([UInt8])
  /// A list; its items may be of different types.
  case list([BoltValue])
  /// A map. The order of its keys is not kept; of a key that came twice the last value counts.
  case map([String: BoltValue])
  /// A node of the graph.
  indirect case node(BoltNode)
  /// A relationship of the graph.
  indirect case relationship(BoltRelationship)
  /// A relationship as it stands in a path, without its ends.
  indirect case unboundRelationship(BoltUnboundRelationship)
  /// A path through the graph.
  indirect case path(BoltPath)
  /// A date without time or zone.
  case date(BoltDate)
  /// A time of day with an offset from UTC.
  case time(BoltTime)
  /// A time of day without zone.
  case localTime(BoltLocalTime)
  /// A point in time with an offset or a zone.
  indirect case dateTime(BoltDateTime)
  /// A date and a time of day without zone.
  case localDateTime(BoltLocalDateTime)
  /// A span of time in months, days, seconds and nanoseconds.
  indirect case duration(BoltDuration)
  /// A point in two or three dimensions.
  indirect case point(BoltPoint)
  /// A vector of numbers of one type (Bolt 6.0).
  indirect case vector(BoltVector)
  /// Something that this driver or this protocol version cannot represent; reading it as anything else throws.
  indirect case unsupported(BoltUnsupportedValue)

  /// Whether this is ``null``.
  public var isNull: Bool { if case .null = self { true } else { false } }

  /// The type's name as error messages show it.
  public var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .int: "int"
    case .float: "float"
    case .string: "string"
    case .bytes: "bytes"
    case .list: "list"
    case .map: "map"
    case .node: "node"
    case .relationship: "relationship"
    case .unboundRelationship: "unbound relationship"
    case .path: "path"
    case .date: "date"
    case .time: "time"
    case .localTime: "local time"
    case .dateTime: "date-time"
    case .localDateTime: "local date-time"
    case .duration: "duration"
    case .point: "point"
    case .vector: "vector"
    case .unsupported: "unsupported value"
    }
  }
}

extension BoltValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// The value of `nil`.
  public init(nilLiteral: ()) { self = .null }
  /// The value of `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// The value of a literal such as `7`.
  public init(integerLiteral value: Int64) { self = .int(value) }
  /// The value of a literal such as `0.5`.
  public init(floatLiteral value: Double) { self = .float(value) }
  /// The value of a literal such as `"text"`.
  public init(stringLiteral value: String) { self = .string(value) }
  /// The value of a literal such as `[1, "two"]`.
  public init(arrayLiteral elements: BoltValue...) { self = .list(elements) }
  /// The value of a literal such as `["name": "ada"]`; the last of two equal keys counts.
  public init(dictionaryLiteral elements: (String, BoltValue)...) {
    self = .map(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
}
