/// The connections to one server, whatever they are wanted for.
package final class DirectProvider: ConnectionProvider {
  private let server: ServerPool
  private let tokens: any AuthTokenManager
  private let acquisitionTimeout: Duration

  /// - Parameters:
  ///   - server: The server.
  ///   - configuration: Who logs in, and how long that may take.
  init(_ server: ServerPool, _ configuration: DriverConfiguration) {
    self.server = server
    tokens = configuration.tokens
    acquisitionTimeout = configuration.acquisitionTimeout
  }

  package func connection(for request: ConnectionRequest) async throws -> ConnectionLoan {
    try await lend(request.auth.map { .session($0) } ?? .driver(tokens), request)
  }

  package func verifiedConnection(token: AuthToken, database: String?) async throws -> ConnectionLoan {
    let loan = try await lend(.checked(token), ConnectionRequest(.read, database: database))
    do {
      try await loan.connection.withDeadline(.now + acquisitionTimeout, "LOGON") {
        try await loan.connection.finishLogin()
      }
      return loan
    } catch {
      loan.giveBack()
      throw error
    }
  }

  package var poolMetrics: [PoolMetrics] { [server.metrics] }

  package var routingMetrics: [RoutingTableMetrics] { [] }

  package func routingTable(for database: String?) -> RoutingTable? { nil }

  package func updateRoutingTable(for request: ConnectionRequest) async throws {
    throw BoltError(.misuse, "there is no routing table without routing: use neo4j://")
  }

  package func close(grace: Duration) async { await server.close(grace: grace) }

  private func lend(_ login: ServerPool.Login, _ request: ConnectionRequest) async throws -> ConnectionLoan {
    let (lease, failures) = try await server.acquire(login, deadline: .now + acquisitionTimeout) {
      [weak server] error in
      if error.code == .authorizationExpired { server?.expireLogins() }
      return error
    }
    lease.connection.pass(ResponseGate(request, failures))
    return ConnectionLoan(lease.connection, database: request.database) { [server] in server.release(lease) }
  }
}
