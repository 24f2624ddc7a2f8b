/// A relationship of the graph, with its two ends.
public struct BoltRelationship: Sendable, Hashable {
  /// The server's integer id; nil when the server sent none.
  public let id: Int64?
  /// The server's identifier of the relationship.
  public let elementID: String
  /// The integer id of the node it leaves; nil when the server sent none.
  public let startID: Int64?
  /// The identifier of the node it leaves.
  public let startElementID: String
  /// The integer id of the node it reaches; nil when the server sent none.
  public let endID: Int64?
  /// The identifier of the node it reaches.
  public let endElementID: String
  /// The type, such as `DEPENDS_ON`.
  public let type: String
  /// The properties.
  public let properties: [String: BoltValue]

  /// Makes a relationship; what tests and fakes need.
  public init(
    id: Int64? = nil, elementID: String, startID: Int64? = nil, startElementID: String, endID: Int64? = nil,
    endElementID: String, type: String, properties: [String: BoltValue] = [:]
  ) {
    self.id = id
    self.elementID = elementID
    self.startID = startID
    self.startElementID = startElementID
    self.endID = endID
    self.endElementID = endElementID
    self.type = type
    self.properties = properties
  }

  /// A property; nil when there is none of that name.
  public subscript(_ property: String) -> BoltValue? { properties[property] }
}
