/// A relationship as it stands in a path on the wire: its ends follow from its place.
public struct BoltUnboundRelationship: Sendable, Hashable {
  /// The server's integer id; nil when the server sent none.
  public let id: Int64?
  /// The server's identifier of the relationship.
  public let elementID: String
  /// The type, such as `DEPENDS_ON`.
  public let type: String
  /// The properties.
  public let properties: [String: BoltValue]

  /// Makes an unbound relationship; what tests and fakes need.
  public init(id: Int64? = nil, elementID: String, type: String, properties: [String: BoltValue] = [:]) {
    self.id = id
    self.elementID = elementID
    self.type = type
    self.properties = properties
  }

  /// The same relationship between two nodes.
  package func bound(from start: BoltNode, to end: BoltNode) -> BoltRelationship {
    BoltRelationship(
      id: id, elementID: elementID, startID: start.id, startElementID: start.elementID, endID: end.id,
      endElementID: end.elementID, type: type, properties: properties)
  }
}
