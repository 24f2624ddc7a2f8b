/// What a query changed.
public struct QueryCounters: Sendable, Hashable {
  /// Nodes made.
  public var nodesCreated: Int64 = 0
  /// Nodes deleted.
  public var nodesDeleted: Int64 = 0
  /// Relationships made.
  public var relationshipsCreated: Int64 = 0
  /// Relationships deleted.
  public var relationshipsDeleted: Int64 = 0
  /// Properties set, and those removed.
  public var propertiesSet: Int64 = 0
  /// Labels put on nodes.
  public var labelsAdded: Int64 = 0
  /// Labels taken from nodes.
  public var labelsRemoved: Int64 = 0
  /// Indexes made.
  public var indexesAdded: Int64 = 0
  /// Indexes dropped.
  public var indexesRemoved: Int64 = 0
  /// Constraints made.
  public var constraintsAdded: Int64 = 0
  /// Constraints dropped.
  public var constraintsRemoved: Int64 = 0
  /// Changes of the system database.
  public var systemUpdates: Int64 = 0
  /// Whether anything in the graph changed.
  public var containsUpdates = false
  /// Whether anything in the system database changed.
  public var containsSystemUpdates = false

  /// A query that changed nothing.
  public init() {}

  /// Reads the `stats` of a summary. What the server says of changes in general counts more than the numbers.
  package init(wire stats: [String: BoltValue]) {
    func count(_ key: String) -> Int64 { if case .int(let number)? = stats[key] { number } else { 0 } }
    func flag(_ key: String) -> Bool? { if case .bool(let flag)? = stats[key] { flag } else { nil } }
    nodesCreated = count("nodes-created")
    nodesDeleted = count("nodes-deleted")
    relationshipsCreated = count("relationships-created")
    relationshipsDeleted = count("relationships-deleted")
    propertiesSet = count("properties-set")
    labelsAdded = count("labels-added")
    labelsRemoved = count("labels-removed")
    indexesAdded = count("indexes-added")
    indexesRemoved = count("indexes-removed")
    constraintsAdded = count("constraints-added")
    constraintsRemoved = count("constraints-removed")
    systemUpdates = count("system-updates")
    containsUpdates = flag("contains-updates") ?? (graphChanges != 0)
    containsSystemUpdates = flag("contains-system-updates") ?? (systemUpdates > 0)
  }

  /// Non-zero when any count of the graph is; the counts come from outside, so they are not added up.
  private var graphChanges: Int64 {
    nodesCreated | nodesDeleted | relationshipsCreated | relationshipsDeleted | propertiesSet | labelsAdded
      | labelsRemoved
      | indexesAdded | indexesRemoved | constraintsAdded | constraintsRemoved
  }
}
