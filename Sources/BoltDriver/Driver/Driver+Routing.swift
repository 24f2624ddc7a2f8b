extension Driver {
  /// The routing table of a database as it is kept; nil when there is none.
  package func routingTable(for database: String? = nil) -> RoutingTable? { provider.routingTable(for: database) }

  /// Fetches the routing table of a database anew.
  ///
  /// - Throws: ``BoltError`` when no router answers, or the URI asks for no routing.
  package func updateRoutingTable(for database: String? = nil, bookmarks: [String] = []) async throws {
    var request = ConnectionRequest(.read, database: database)
    request.bookmarks = { bookmarks }
    try await provider.updateRoutingTable(for: request)
  }
}
