/// Any JSON value, for arguments and options whose shape is not known beforehand.
///
/// Numbers keep their spelling: 2^70 stays exact, `1.0` stays different from `1`, and Python's `NaN` and `Infinity` are
/// there too. Objects keep the order of their members. Values are equal when they are spelled alike.
public enum JSONValue: Sendable, Hashable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number by its spelling; one that JSON does not know is refused when the value is encoded.
  case number(String)
  /// A string.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object, its members in their order.
  case object([Member])

  /// A name and a value of an object.
  public struct Member: Sendable, Hashable {
    /// The name.
    public var key: String
    /// The value.
    public var value: JSONValue
    /// Makes a member.
    public init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// A whole number.
  public static func integer(_ value: some FixedWidthInteger) -> JSONValue { .number(String(value)) }

  /// A number, spelled as Python spells it.
  public static func double(_ value: Double) -> JSONValue {
    var writer = JSONWriter()
    writer.double(value)
    return .number(String(decoding: writer.bytes, as: UTF8.self))
  }

  /// Reads a text. Half a surrogate pair, which Python strings can hold and Swift's cannot, becomes U+FFFD.
  public init(_ text: JSONText) {
    // The text was validated when it was made, so nothing can be found wrong with it here.
    self = (try? text.withScanner { scanner throws(JSONValueParser.Fault) in
      try JSONValueParser.value(&scanner, repairing: true)
    }) ?? .null
  }
}

extension JSONValue {
  /// Whether the value is `null`.
  public var isNull: Bool { self == .null }

  /// `true` or `false`; nil for anything else.
  public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// A whole number that fits `Int`, however it is spelled; nil for anything else.
  public var intValue: Int? {
    guard case .number(let text) = self else { return nil }
    return Array(text.utf8).withUnsafeBufferPointer { NumberText.integer($0, as: Int.self) }
  }

  /// A number, to the nearest `Double`; nil for anything else.
  public var doubleValue: Double? {
    guard case .number(let text) = self else { return nil }
    return Array(text.utf8).withUnsafeBufferPointer(NumberText.double)
  }

  /// The text of a string; nil for anything else.
  public var stringValue: String? { if case .string(let value) = self { value } else { nil } }

  /// The elements of an array; nil for anything else.
  public var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

  /// The members of an object; nil for anything else.
  public var members: [Member]? { if case .object(let value) = self { value } else { nil } }

  /// The member of an object of that name, the last one when there are several; nil when there is none.
  public subscript(key: String) -> JSONValue? { members?.last { $0.key == key }?.value }

  /// The element of an array at that place; nil when there is none.
  public subscript(index: Int) -> JSONValue? {
    guard let elements = arrayValue, elements.indices.contains(index) else { return nil }
    return elements[index]
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// `null`
  public init(nilLiteral: ()) { self = .null }
  /// `true` or `false`
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// A number, spelled as Python spells it.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object, its members in the order written.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member(key: $0.0, value: $0.1) })
  }
}
