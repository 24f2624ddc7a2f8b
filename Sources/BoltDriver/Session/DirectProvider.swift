/// The connections to one server, whatever they are wanted for.
package final class DirectProvider: ConnectionProvider {
  private let pool: ConnectionPool<BoltConnection>

  package init(_ pool: ConnectionPool<BoltConnection>) { self.pool = pool }

  package func connection(for work: TransactionStart) async throws -> ConnectionLoan {
    let lease = try await pool.acquire()
    return ConnectionLoan(lease.connection) { [pool] in pool.release(lease) }
  }

  package var poolMetrics: [PoolMetrics] { [pool.metrics] }

  package func close(grace: Duration) async { await pool.close(grace: grace) }
}
