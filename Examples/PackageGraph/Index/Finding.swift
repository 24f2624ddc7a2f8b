/// What a worker found in one stanza: one line of its journal.
package struct Finding: Codable, Equatable, Sendable {
  /// The id of the message.
  package var id: String
  /// Whether the broker had delivered the message before.
  package var redelivered: Bool
  package var package: String
  package var relations: [Relation]

  package init(id: String, redelivered: Bool, package: String, relations: [Relation]) {
    self.id = id
    self.redelivered = redelivered
    self.package = package
    self.relations = relations
  }
}
