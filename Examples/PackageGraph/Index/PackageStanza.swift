package import Actors

/// One stanza of the package index: the message that the demo sends, one for each package.
package struct PackageStanza: ActorMessage, Equatable {
  package static let options = ActorOptions(queue: "packages", throws: [MalformedRelation.self])

  package var package: String
  package var version: String?
  package var architecture: String?
  package var depends: String?
  package var preDepends: String?
  package var recommends: String?
  package var suggests: String?
  package var enhances: String?
  package var conflicts: String?
  package var breaks: String?
  package var replaces: String?
  package var provides: String?

  /// A stanza without any relation.
  package init(package: String, version: String? = nil, architecture: String? = nil) {
    self.package = package
    self.version = version
    self.architecture = architecture
  }

  /// The text of a relation field.
  package subscript(field: RelationField) -> String? {
    get { self[keyPath: Self.property(of: field)] }
    set { self[keyPath: Self.property(of: field)] = newValue }
  }

  /// Every relation of the stanza, field by field.
  ///
  /// - Throws: ``MalformedRelation``.
  package func relations() throws -> [Relation] {
    try RelationField.allCases.flatMap { field in
      try self[field].map { try Relation.parse($0, as: field) } ?? []
    }
  }

  private static func property(of field: RelationField) -> WritableKeyPath<Self, String?> {
    switch field {
    case .depends: \.depends
    case .preDepends: \.preDepends
    case .recommends: \.recommends
    case .suggests: \.suggests
    case .enhances: \.enhances
    case .conflicts: \.conflicts
    case .breaks: \.breaks
    case .replaces: \.replaces
    case .provides: \.provides
    }
  }
}
