/// The names of a result's columns, shared by all its records.
final class RecordKeys: Sendable {
  /// The names, in order.
  let names: [String]
  private let indices: [String: Int]
  private static let few = 8

  init(_ names: [String]) {
    self.names = names
    // Of two equal names the first counts.
    indices =
      names.count <= Self.few
      ? [:] : Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Where a column stands; nil when there is none of that name.
  func index(of name: String) -> Int? {
    // A look at a few names is cheaper than a hash.
    names.count <= Self.few ? names.firstIndex(of: name) : indices[name]
  }
}
