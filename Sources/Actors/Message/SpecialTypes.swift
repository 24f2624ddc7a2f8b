internal import FoundationEssentials

/// Types whose JSON form is not the one their `Codable` conformance would give.
enum SpecialTypes {
  /// Reads the types of this list; nil for all others.
  static func reader(of type: any Any.Type) -> ((JSONText, CodingPath?) throws -> Any)? {
    if type == JSONValue.self { return { try ValueDecoder(text: $0, path: $1).jsonValue() } }
    if type == JSONText.self { return { text, _ in text } }
    if type == Date.self { return date }
    if type == Data.self { return data }
    if type == URL.self { return url }
    if type == Decimal.self { return decimal }
    return nil
  }

  private static func date(_ text: JSONText, _ path: CodingPath?) throws -> Any {
    guard let string = text.stringValue, let date = ISO8601.date(string) else {
      throw ValueDecoder.mismatch(Date.self, expected: "an ISO 8601 date and time", text, path)
    }
    return date
  }

  private static func data(_ text: JSONText, _ path: CodingPath?) throws -> Any {
    guard let string = text.stringValue, let data = Data(base64Encoded: string) else {
      throw ValueDecoder.mismatch(Data.self, expected: "a base64 string", text, path)
    }
    return data
  }

  private static func url(_ text: JSONText, _ path: CodingPath?) throws -> Any {
    guard let string = text.stringValue, let url = URL(string: string) else {
      throw ValueDecoder.mismatch(URL.self, expected: "a URL", text, path)
    }
    return url
  }

  private static func decimal(_ text: JSONText, _ path: CodingPath?) throws -> Any {
    guard text.isNumber, let decimal = Decimal(string: text.text) else {
      throw ValueDecoder.mismatch(Decimal.self, text, path)
    }
    return decimal
  }

  /// Writes the types of this list.
  ///
  /// - Parameter depth: How many arrays and objects are open around the value.
  /// - Returns: Whether the value was one of them.
  /// - Throws: `EncodingError`.
  static func write(
    _ value: some Encodable, to writer: inout JSONWriter, depth: Int, path: () -> [any CodingKey]
  ) throws -> Bool {
    // The commonest types first, and those told apart by their type alone: a dynamic cast costs more than the writing.
    let type = type(of: value)
    if type == String.self {
      writer.string(unsafeBitCast(value, to: String.self))
    } else if type == Int.self {
      writer.integer(unsafeBitCast(value, to: Int.self))
    } else if type == Double.self {
      writer.double(unsafeBitCast(value, to: Double.self))
    } else if type == Bool.self {
      writer.bool(unsafeBitCast(value, to: Bool.self))
    } else {
      return try writeRare(value, to: &writer, depth: depth, path: path)
    }
    return true
  }

  private static func writeRare(
    _ value: some Encodable, to writer: inout JSONWriter, depth: Int, path: () -> [any CodingKey]
  ) throws -> Bool {
    guard reader(of: type(of: value)) != nil else { return false }
    switch value {
    case let value as JSONValue: try write(value, to: &writer, path: path, depth: depth)
    case let value as JSONText: writer.raw(value)
    case let value as Date:
      guard let text = ISO8601.text(value) else {
        throw invalid(value, path, "a date outside the years 1 to 9999 has no ISO 8601 form")
      }
      writer.string(text)
    case let value as Data: writer.string(value.base64EncodedString())
    case let value as URL: writer.string(value.absoluteString)
    case let value as Decimal:
      guard !value.isNaN else { throw invalid(value, path, "a Decimal that is not a number has no JSON form") }
      writer.raw(try JSONText(number: value.description, path: path()))
    default: return false
    }
    return true
  }

  private static func write(
    _ value: JSONValue, to writer: inout JSONWriter, path: () -> [any CodingKey], depth: Int
  ) throws {
    switch value {
    case .array where depth >= JSONEncoding.maxDepth, .object where depth >= JSONEncoding.maxDepth:
      throw invalid(value, path, "the value nests too deep")
    case .null: writer.raw("null")
    case .bool(let value): writer.raw(value ? "true" : "false")
    case .number(let text): writer.raw(try JSONText(number: text, path: path()))
    case .string(let value): writer.string(value)
    case .array(let elements):
      writer.raw(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { writer.raw(UInt8(ascii: ",")) }
        try write(element, to: &writer, path: path, depth: depth + 1)
      }
      writer.raw(UInt8(ascii: "]"))
    case .object(let members):
      writer.raw(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { writer.raw(UInt8(ascii: ",")) }
        writer.string(member.key)
        writer.raw(UInt8(ascii: ":"))
        try write(member.value, to: &writer, path: path, depth: depth + 1)
      }
      writer.raw(UInt8(ascii: "}"))
    }
  }

  private static func invalid(_ value: Any, _ path: () -> [any CodingKey], _ reason: String) -> EncodingError {
    .invalidValue(value, .init(codingPath: path(), debugDescription: reason))
  }
}
