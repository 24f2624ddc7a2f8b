/// What a package has to do with another.
package struct Relation: Equatable, Sendable {
  /// The field it stands in.
  package var field: RelationField
  /// The name of the other package.
  package var name: String
  /// The versions that are meant, without brackets: `>= 2.36`; nil for all.
  package var constraint: String?

  /// Parses the text of a relation field: clauses separated by commas, alternatives by bars. A name may come twice:
  /// `a (>= 1), a (<< 2)`.
  ///
  /// - Throws: ``MalformedRelation``.
  package static func parse(_ text: String, as field: RelationField) throws -> [Relation] {
    try text.split { $0 == "," || $0 == "|" }.filter { !$0.allSatisfy(\.isWhitespace) }.map {
      try Relation($0, of: field)
    }
  }

  /// Adds the constraint of the same relation in another clause.
  mutating func restrict(with other: String?) {
    guard let other, other != constraint else { return }
    constraint = constraint.map { "\($0), \(other)" } ?? other
  }

  /// Parses one alternative: `name[:architecture] [(operator version)] [[architectures]]`, and build profiles in angle
  /// brackets. What restricts the architecture is left out: the index is of one.
  private init(_ alternative: Substring, of field: RelationField) throws {
    self.field = field
    var rest = alternative.drop(while: \.isWhitespace)
    name = String(rest.prefix { !$0.isWhitespace && !":([<".contains($0) })
    if name.isEmpty { throw MalformedRelation(text: String(alternative), expected: "the name of a package") }
    rest = rest.dropFirst(name.count)
    if rest.first == ":" { rest = rest.drop { !$0.isWhitespace && !"([<".contains($0) } }
    while let open = rest.first(where: { !$0.isWhitespace }) {
      guard let close = Self.closing[open] else {
        throw MalformedRelation(text: String(alternative), expected: "(version), [architectures] or <profiles>")
      }
      let inner = rest.drop { $0 != open }.dropFirst().prefix { $0 != close }
      guard inner.endIndex < rest.endIndex else {
        throw MalformedRelation(text: String(alternative), expected: "a closing \(close)")
      }
      rest = rest[inner.endIndex...].dropFirst()
      if open == "(" { constraint = inner.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    }
  }

  private static let closing: [Character: Character] = ["(": ")", "[": "]", "<": ">"]
}

/// A relation field that does not follow the policy's grammar: running it again would not help.
package struct MalformedRelation: Error, CustomStringConvertible {
  package var text: String
  package var expected: String
  package var description: String { "MalformedRelation: expected \(expected) in \(text.prefix(80).debugDescription)" }
}
