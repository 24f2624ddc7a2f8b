/// The routing tables that a driver keeps, one a database.
package struct RoutingTables: Sendable {
  /// By the name of the database; nil for the home database of servers that do not tell its name.
  private var tables: [String?: RoutingTable] = [:]

  package init() {}

  /// All servers that any table names.
  package var servers: Set<ServerAddress> { tables.values.reduce(into: []) { $0.formUnion($1.servers) } }

  /// All tables, those of named databases by name, behind that of the home database.
  package var all: [RoutingTable] { tables.values.sorted { ($0.database ?? "") < ($1.database ?? "") } }

  /// The table of a database; nil when there is none.
  package func table(for database: String?) -> RoutingTable? { tables[database] }

  /// Keeps a table, and drops those of other databases that have long been out of use.
  package mutating func store(_ table: RoutingTable, now: Duration) {
    tables[table.database] = table
    tables = tables.filter { $0.key == table.database || !$0.value.isOutdated(now: now) }
  }

  /// A server cannot be reached: it has no part in any table any more.
  package mutating func remove(_ address: ServerAddress) {
    for database in tables.keys { tables[database]?.remove(address) }
  }

  /// A server does not have a database at the moment.
  package mutating func remove(_ address: ServerAddress, for database: String?) { tables[database]?.remove(address) }

  /// A server takes no writes for a database any more.
  package mutating func removeWriter(_ address: ServerAddress, for database: String?) {
    tables[database]?.removeWriter(address)
  }
}
