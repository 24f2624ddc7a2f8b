/// One stanza of the package index.
package struct PackageStanza: Codable, Equatable, Sendable {
  package var name: String
  package var version: String?
  package var section: String?
  package var maintainer: String?
  /// In KiB.
  package var installedSize: Int?
  /// The texts of the relation fields, by the names of the fields.
  package var relationFields: [String: String] = [:]

  /// A stanza that has only a name.
  package init(name: String) { self.name = name }

  /// The stanza without its relations.
  package var head: PackageStanza {
    var head = self
    head.relationFields = [:]
    return head
  }

  /// What the package has to do with others: one entry for each field and name.
  ///
  /// - Throws: ``MalformedRelation``.
  package func relations() throws -> [Relation] {
    var relations: [Relation] = []
    for field in RelationField.allCases {
      guard let text = relationFields[field.rawValue] else { continue }
      var places: [String: Int] = [:]
      for relation in try Relation.parse(text, as: field) {
        if let place = places[relation.name] {
          relations[place].restrict(with: relation.constraint)
        } else {
          places[relation.name] = relations.count
          relations.append(relation)
        }
      }
    }
    return relations
  }
}
