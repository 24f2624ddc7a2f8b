extension JSONText: Codable {
  /// Keeps the text of an argument as it came; from another decoder, the text of its ``JSONValue``.
  public init(from decoder: any Decoder) throws {
    if let decoder = decoder as? ValueDecoder {
      self = decoder.text
    } else {
      self = try JSONText(encoding: try JSONValue(from: decoder))
    }
  }

  /// Writes the value; into an argument exactly as it is.
  public func encode(to encoder: any Encoder) throws { try JSONValue(self).encode(to: encoder) }

  /// The text of a number, checked.
  init(number text: String, path: [any CodingKey]) throws {
    guard let number = try? JSONText(validating: text), number.isNumber, number.bytes.count == text.utf8.count else {
      throw EncodingError.invalidValue(
        text, .init(codingPath: path, debugDescription: "\"\(Excerpt(text))\" is no JSON number"))
    }
    self = number
  }
}
