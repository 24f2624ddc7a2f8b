/// The fields of a stanza that relate its package to others.
package enum RelationField: String, CaseIterable, Codable, Sendable {
  case depends = "Depends"
  case preDepends = "Pre-Depends"
  case recommends = "Recommends"
  case suggests = "Suggests"
  case enhances = "Enhances"
  case conflicts = "Conflicts"
  case breaks = "Breaks"
  case replaces = "Replaces"
  case provides = "Provides"
}
