/// Writes the arguments of a message by name.
public enum KeywordArguments {
  /// Writes the properties of a struct as a JSON object.
  ///
  /// - Throws: `EncodingError` when the value is written as anything but an object, or has no JSON form.
  public static func encode(_ value: some Encodable) throws -> JSONText {
    let text = try JSONText(encoding: value)
    guard text.isObject else {
      throw EncodingError.invalidValue(
        value,
        .init(
          codingPath: [],
          debugDescription: "the arguments of a message are named: expected a type that is written as an object"))
    }
    // A key written twice would be refused by whoever receives the message; better to say so here.
    do { _ = try ObjectMembers(text, path: nil) } catch {
      throw EncodingError.invalidValue(
        value, .init(codingPath: [], debugDescription: "two properties are written under the same key"))
    }
    return text
  }
}
