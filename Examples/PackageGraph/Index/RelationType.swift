/// The types of the relations in the graph. Each has a `key` that names both of its ends, and no type has two relations of
/// one key.
package enum RelationType: String, CaseIterable, Sendable {
  /// A package needs, suits or does not suit another one; its `kind` is the field.
  case dependsOn = "DEPENDS_ON"
  /// A package stands for a name.
  case provides = "PROVIDES"
  /// Somebody looks after a package.
  case maintains = "MAINTAINS"
  /// A package is in a section.
  case isIn = "IN"

  /// The key of a relation. Names of packages and fields hold no spaces, so that no two relations have one key.
  package static func key(of package: String, _ rest: String...) -> String {
    ([package] + rest).joined(separator: " ")
  }
}
