/// A node of the graph, as a query returned it.
public struct BoltNode: Sendable, Hashable {
  /// The server's integer id; nil when the server sent none. Deprecated by the servers in favour of ``elementID``.
  public let id: Int64?
  /// The server's identifier of the node; valid within the transaction that read it.
  public let elementID: String
  /// The labels, in the server's order.
  public let labels: [String]
  /// The properties.
  public let properties: [String: BoltValue]

  /// Makes a node; what tests and fakes need.
  public init(id: Int64? = nil, elementID: String, labels: [String] = [], properties: [String: BoltValue] = [:]) {
    self.id = id
    self.elementID = elementID
    self.labels = labels
    self.properties = properties
  }

  /// A property; nil when there is none of that name.
  public subscript(_ property: String) -> BoltValue? { properties[property] }
}
