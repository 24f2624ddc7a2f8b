/// Where sessions get their connections from: one server, or, with routing, the right one of many.
package protocol ConnectionProvider: Sendable {
  /// Lends a connection that can do what is asked.
  ///
  /// - Throws: ``BoltError``; `CancellationError` when the task is cancelled.
  func connection(for work: TransactionStart) async throws -> ConnectionLoan
  /// The figures of all connections, one entry a server.
  var poolMetrics: [PoolMetrics] { get }
  /// Closes all connections; those that are lent when they come back, or after the grace.
  func close(grace: Duration) async
}
