import Actors

/// A request of the suite: its name and what comes with it.
struct BackendRequest: Sendable {
  /// The name.
  let name: String
  /// The fields.
  let data: JSONValue

  /// Reads a request.
  ///
  /// - Throws: ``BackendFault`` for a text that is none.
  init(_ text: String) throws {
    let message: JSONValue
    do { message = JSONValue(try JSONText(validating: text)) } catch {
      throw BackendFault("a request that is no JSON: \(error)")
    }
    guard let name = message["name"]?.stringValue else { throw BackendFault("a request without a name: \(text)") }
    self.name = name
    data = message["data"] ?? .object([])
  }
}
