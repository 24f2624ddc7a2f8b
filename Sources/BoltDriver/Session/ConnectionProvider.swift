/// Where sessions get their connections from: one server, or, with routing, the right one of many.
package protocol ConnectionProvider: Sendable {
  /// Lends a connection that can do what is asked, logged in as whoever asks.
  ///
  /// - Throws: ``BoltError``; `CancellationError` when the task is cancelled; what the program's own resolvers and
  ///   managers throw.
  func connection(for request: ConnectionRequest) async throws -> ConnectionLoan
  /// Lends a connection to any server, for questions about the server itself. `token` is checked by logging in with it,
  /// whatever the connection was logged in with before.
  func verifiedConnection(token: AuthToken, database: String?) async throws -> ConnectionLoan
  /// The figures of all connections, one entry a server.
  var poolMetrics: [PoolMetrics] { get }
  /// The figures of the routing tables, one entry a database; none without routing.
  var routingMetrics: [RoutingTableMetrics] { get }
  /// The routing table of a database as it is kept; nil when there is none.
  func routingTable(for database: String?) -> RoutingTable?
  /// Fetches the routing table of a database anew.
  func updateRoutingTable(for request: ConnectionRequest) async throws
  /// Closes all connections; those that are lent when they come back, or after the grace.
  func close(grace: Duration) async
}
