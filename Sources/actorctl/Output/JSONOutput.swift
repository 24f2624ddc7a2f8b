import FoundationEssentials

/// A machine-readable answer: one JSON object with a `schema` that names its shape and version.
protocol JSONOutput: Encodable {
  /// `actorctl.NAME/VERSION`.
  static var schema: String { get }
}

extension JSONOutput {
  /// The object on one line, keys sorted, `schema` among them.
  ///
  /// - Throws: ``CommandFailure`` (`internal`).
  func line() throws(CommandFailure) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do { return String(decoding: try encoder.encode(Tagged(content: self)), as: UTF8.self) } catch {
      throw CommandFailure(.internal, "the answer cannot be written as JSON: \(error)")
    }
  }
}

/// An answer together with its schema.
private struct Tagged<Content: JSONOutput>: Encodable {
  let content: Content

  private enum CodingKeys: CodingKey { case schema }

  func encode(to encoder: any Encoder) throws {
    try content.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Content.schema, forKey: .schema)
  }
}
