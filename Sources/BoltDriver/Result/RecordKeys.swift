/// The names of a result's columns, shared by all its records.
final class RecordKeys: Sendable {
  /// The names, in order.
  let names: [String]
  private let indices: [String: Int]

  init(_ names: [String]) {
    self.names = names
    // Of two equal names the first counts.
    indices = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Where a column stands; nil when there is none of that name.
  func index(of name: String) -> Int? {
    // A look at a few names is cheaper than a hash.
    names.count <= 8 ? names.firstIndex(of: name) : indices[name]
  }
}
