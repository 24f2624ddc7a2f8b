import Actors
import BoltDriver

/// A message that answers a request.
struct Answer: Sendable {
  /// The message's name.
  let name: String
  /// Its data.
  let data: JSONValue

  init(_ name: String, _ data: JSONValue = [:]) {
    self.name = name
    self.data = data
  }

  /// An answer that only names an object.
  init(_ name: String, id: String) { self.init(name, ["id": .string(id)]) }
}
