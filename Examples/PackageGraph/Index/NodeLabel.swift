/// What the nodes of the graph stand for. Every node has a name, and no label has two nodes of one name.
package enum NodeLabel: String, CaseIterable, Codable, Sendable {
  /// A package that the index has a stanza of.
  case package = "Package"
  /// A name that packages relate to and that no stanza has.
  case virtual = "Virtual"
  /// Who looks after packages.
  case maintainer = "Maintainer"
  /// A section of the archive.
  case section = "Section"
}
