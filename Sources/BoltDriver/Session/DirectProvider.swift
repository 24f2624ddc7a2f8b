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
    if let token = request.auth { return try await lend({ .session(token) }, request) }
    return try await lend({ [tokens] in .driver(try await tokens.token()) }, request)
  }

  package func verifiedConnection(token: AuthToken, database: String?) async throws -> ConnectionLoan {
    let loan = try await lend({ .checked(token) }, ConnectionRequest(.read, database: database))
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

  package func routingTable(for database: String?) -> RoutingTable? { nil }

  package func updateRoutingTable(for request: ConnectionRequest) async throws {
    throw BoltError(.misuse, "there is no routing table without routing: use neo4j://")
  }

  package func close(grace: Duration) async { await server.close(grace: grace) }

  private func lend(
    _ login: () async throws -> ServerPool.Login, _ request: ConnectionRequest
  ) async throws -> ConnectionLoan {
    let deadline = ContinuousClock.now + acquisitionTimeout
    while true {
      if let loan = try await lend(try await login(), request, deadline) { return loan }
    }
  }

  private func lend(
    _ login: ServerPool.Login, _ request: ConnectionRequest, _ deadline: ContinuousClock.Instant
  ) async throws -> ConnectionLoan? {
    let failures = FailurePolicy(token: login.token, manager: login.isDriver ? tokens : nil) { [weak server] error in
      if error.code == .authorizationExpired { server?.expireLogins() }
      return error
    }
    do {
      guard let lease = try await server.acquire(login, deadline: deadline) else { return nil }
      lease.connection.pass(ResponseGate(request, failures))
      return ConnectionLoan(lease.connection, database: request.database) { [server] in server.release(lease) }
    } catch {
      throw await failures.settle(error)
    }
  }
}
