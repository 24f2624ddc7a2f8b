extension JSONValue: Codable {
  /// Reads any value. From an argument the spelling of numbers is exact; from another decoder it is as exact as that
  /// decoder's numbers are.
  public init(from decoder: any Decoder) throws {
    if let decoder = decoder as? ValueDecoder {
      self = try decoder.jsonValue()
    } else if var elements = try? decoder.unkeyedContainer() {
      var values: [JSONValue] = []
      while !elements.isAtEnd { values.append(try elements.decode(JSONValue.self)) }
      self = .array(values)
    } else if let members = try? decoder.container(keyedBy: NameKey.self) {
      self = .object(
        try members.allKeys.map { Member(key: $0.stringValue, value: try members.decode(JSONValue.self, forKey: $0)) })
    } else {
      self = try JSONValue(scalar: try decoder.singleValueContainer())
    }
  }

  private init(scalar: any SingleValueDecodingContainer) throws {
    if scalar.decodeNil() {
      self = .null
    } else if let value = try? scalar.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? scalar.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? scalar.decode(UInt64.self) {
      self = .integer(value)
    } else if let value = try? scalar.decode(Double.self) {
      self = .double(value)
    } else {
      self = .string(try scalar.decode(String.self))
    }
  }

  /// Writes the value; into an argument with the spelling that its numbers have.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .array(let values):
      var elements = encoder.unkeyedContainer()
      for value in values { try elements.encode(value) }
    case .object(let values):
      var members = encoder.container(keyedBy: NameKey.self)
      for member in values { try members.encode(member.value, forKey: NameKey(member.key)) }
    default:
      var scalar = encoder.singleValueContainer()
      try encodeScalar(to: &scalar)
    }
  }

  private func encodeScalar(to scalar: inout any SingleValueEncodingContainer) throws {
    switch self {
    case .bool(let value): try scalar.encode(value)
    case .string(let value): try scalar.encode(value)
    case .number(let text):
      let text = try JSONText(number: text, path: scalar.codingPath)
      if let value = text.integer(as: Int64.self) {
        try scalar.encode(value)
      } else if let value = text.integer(as: UInt64.self) {
        try scalar.encode(value)
      } else {
        try scalar.encode(text.doubleValue ?? .nan)
      }
    case .null, .array, .object: try scalar.encodeNil()
    }
  }
}
