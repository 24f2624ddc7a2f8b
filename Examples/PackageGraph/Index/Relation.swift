/// One relation from a package to another: one alternative of one clause of a relation field.
package struct Relation: Codable, Equatable, Sendable {
  /// The field it stands in.
  package var field: RelationField
  /// The name of the other package.
  package var name: String
  /// The architecture that qualifies the name: `any` in `python3:any`.
  package var qualifier: String?
  /// The version constraint without its brackets: `>= 2.36`.
  package var version: String?
  /// The architectures that the relation is restricted to: `amd64` and `!i386` in `[amd64 !i386]`.
  package var architectures: [String]?
  /// Which clause of the field, counted from 0: alternatives of one clause share it.
  package var clause: Int

  /// Parses the text of a relation field: clauses separated by commas, alternatives by bars.
  ///
  /// - Throws: ``MalformedRelation``.
  package static func parse(_ text: String, as field: RelationField) throws -> [Relation] {
    var relations: [Relation] = []
    for (clause, alternatives) in text.split(separator: ",").enumerated() {
      for alternative in alternatives.split(separator: "|") where !alternative.allSatisfy(\.isWhitespace) {
        relations.append(try Relation(alternative, of: field, clause: clause))
      }
    }
    return relations
  }

  /// Parses one alternative: `name[:qualifier] [(operator version)] [[architectures]]`, and build profiles in angle
  /// brackets, which are skipped.
  private init(_ alternative: Substring, of field: RelationField, clause: Int) throws {
    self.field = field
    self.clause = clause
    var rest = alternative.drop(while: \.isWhitespace)
    name = String(rest.prefix { !$0.isWhitespace && !":([<".contains($0) })
    if name.isEmpty { throw MalformedRelation(text: String(alternative), expected: "the name of a package") }
    rest = rest.dropFirst(name.count)
    if rest.first == ":" {
      let qualifier = rest.dropFirst().prefix { !$0.isWhitespace && !"([<".contains($0) }
      rest = rest.dropFirst(qualifier.count + 1)
      self.qualifier = String(qualifier)
    }
    while let open = rest.first(where: { !$0.isWhitespace }) {
      guard let close = Self.closing[open] else {
        throw MalformedRelation(text: String(alternative), expected: "(version), [architectures] or <profiles>")
      }
      let inner = rest.drop { $0 != open }.dropFirst().prefix { $0 != close }
      guard inner.endIndex < rest.endIndex else {
        throw MalformedRelation(text: String(alternative), expected: "a closing \(close)")
      }
      rest = rest[inner.endIndex...].dropFirst()
      switch open {
      case "(": version = inner.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      case "[": architectures = inner.split(whereSeparator: \.isWhitespace).map(String.init)
      default: break
      }
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
