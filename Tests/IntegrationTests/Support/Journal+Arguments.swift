import Actors
import FoundationEssentials
import TestSupport

/// A run with the arguments it had.
struct RunWithArguments: Decodable, Sendable {
  let actor: String
  let id: String
  let args: [JSONValue]
}

extension Journal {
  /// Every whole line so far, with its arguments.
  ///
  /// - Throws: `DecodingError` when a line is no entry.
  var arguments: [RunWithArguments] {
    get throws {
      try lines.map { try JSONDecoder().decode(RunWithArguments.self, from: $0) }
    }
  }
}
