/// A path: nodes joined by relationships, one fewer than the nodes.
public struct BoltPath: Sendable, Hashable {
  /// The nodes in the order in which the path visits them; a node visited twice stands there twice. Never empty.
  public let nodes: [BoltNode]
  /// The relationships in the order of the path. Each has the direction it has in the graph, not that of the path.
  public let relationships: [BoltRelationship]

  /// The first node.
  public var start: BoltNode { nodes[0] }
  /// The last node.
  public var end: BoltNode { nodes[nodes.count - 1] }
  /// How many relationships the path has.
  public var length: Int { relationships.count }

  /// Makes a path. Returns nil unless there is exactly one node more than relationships.
  public init?(nodes: [BoltNode], relationships: [BoltRelationship]) {
    guard nodes.count == relationships.count + 1 else { return nil }
    self.nodes = nodes
    self.relationships = relationships
  }

  /// Puts a path together from the wire's form.
  ///
  /// - Parameters:
  ///   - distinctNodes: The nodes without repetition; the first one starts the path.
  ///   - distinctRelationships: The relationships without repetition.
  ///   - indices: Pairs of a relationship number (from 1; negative when walked against its direction) and a node number
  ///     (from 0).
  /// - Returns: Nil when a number points nowhere.
  package init?(
    distinctNodes: [BoltNode], distinctRelationships: [BoltUnboundRelationship], indices: [Int64]
  ) {
    guard var current = distinctNodes.first, indices.count.isMultiple(of: 2) else { return nil }
    var nodes = [current]
    var relationships: [BoltRelationship] = []
    for step in stride(from: 0, to: indices.count, by: 2) {
      let (number, nodeNumber) = (indices[step], indices[step + 1])
      guard number != 0, number.magnitude <= UInt64(distinctRelationships.count),
        nodeNumber >= 0, nodeNumber < Int64(distinctNodes.count)
      else { return nil }
      let next = distinctNodes[Int(nodeNumber)]
      let relationship = distinctRelationships[Int(number.magnitude) - 1]
      relationships.append(
        number > 0 ? relationship.bound(from: current, to: next) : relationship.bound(from: next, to: current))
      nodes.append(next)
      current = next
    }
    self.nodes = nodes
    self.relationships = relationships
  }
}
