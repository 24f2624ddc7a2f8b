/// The routing table of one database at one moment: which members of a cluster do what, and how old that knowledge is.
public struct RoutingTableMetrics: Sendable, Hashable, Codable {
  /// The database; nil for the home database of servers that do not tell its name.
  public let database: String?
  /// How long ago the table came.
  public let age: Duration
  /// For how long it may be used from then on.
  public let timeToLive: Duration
  /// How many members are asked for the next table.
  public let routers: Int
  /// How many can be read from.
  public let readers: Int
  /// How many take writes; zero while the database has no leader.
  public let writers: Int

  /// The figures of a table.
  package init(_ table: RoutingTable, now: Duration) {
    database = table.database
    age = max(now - table.updatedAt, .zero)
    timeToLive = table.timeToLive
    routers = table.routers.count
    readers = table.readers.count
    writers = table.writers.count
  }
}
