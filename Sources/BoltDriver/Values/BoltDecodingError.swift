/// A value was not what the program asked for.
public struct BoltDecodingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What the program asked for.
  public let expected: String
  /// What was there.
  public let found: String
  /// Where: the column, and the keys and indices below it, outermost first. Empty for a value on its own.
  public var path: [String]

  /// Makes an error.
  public init(expected: String, found: String, path: [String] = []) {
    self.expected = expected
    self.found = found
    self.path = path
  }

  /// The error with one more step in front of its path.
  package func below(_ step: String) -> BoltDecodingError {
    BoltDecodingError(expected: expected, found: found, path: [step] + path)
  }

  /// The error as a sentence.
  public var description: String {
    let place = path.isEmpty ? "" : " at \(path.joined(separator: "."))"
    return "expected \(expected)\(place), found \(found)"
  }
}
