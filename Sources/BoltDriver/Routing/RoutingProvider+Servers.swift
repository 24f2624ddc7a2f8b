import Logging
import Synchronization

/// The pools of the members.
extension RoutingProvider {
  /// Borrows a connection to a server.
  func lend(
    from server: ServerPool, for database: String?, naming name: String?, _ request: ConnectionRequest,
    _ isChecked: Bool = false
  ) async throws -> ConnectionLoan {
    let login = request.auth.map { isChecked ? ServerPool.Login.checked($0) : .session($0) } ?? .driver(tokens)
    let deadline = ContinuousClock.now + configuration.acquisitionTimeout
    var server = server
    while true {
      do {
        let (lease, failures) = try await server.acquire(login, deadline: deadline) { [weak self, weak server] error in
          guard let self, let server else { return error }
          return self.note(error, of: server, for: database)
        }
        state.withLock { $0.routesItself[server.address] = lease.connection.hints.serverSideRouting }
        lease.connection.pass(ResponseGate(request, failures))
        return ConnectionLoan(lease.connection, database: name) { [server] in server.release(lease) }
      } catch let error as BoltError where error.code == .closed {
        // A new table may have closed the pool meanwhile, not knowing that it is wanted.
        try checkOpen()
        guard let other = self.server(at: server.address), other !== server else { throw error }
        server = other
      }
    }
  }

  /// The pool of a server; a new one when there is none. Nil when the driver is closed.
  func server(at address: ServerAddress) -> ServerPool? {
    state.withLock { state in
      if let server = state.servers[address] { return server }
      guard !state.isClosed else { return nil }
      let server = makeServer(address)
      state.servers[address] = server
      return server
    }
  }

  /// Keeps a table, and closes the pools of servers that no table names any more.
  func keep(_ table: RoutingTable) {
    let now = configuration.clock.time
    let left = state.withLock { state in
      state.tables.store(table, now: now)
      let named = state.tables.servers
      let left = state.servers.filter { !named.contains($0.key) }
      for address in left.keys {
        state.servers[address] = nil
        state.routesItself[address] = nil
      }
      state.leaving += left.values
      return Array(left.values)
    }
    for server in left {
      Task.detached { [self] in
        // Work under way has all the time that it needs, unless the driver is closed.
        await server.close(grace: .seconds(365 * 86_400))
        state.withLock { $0.leaving.removeAll { $0 === server } }
      }
    }
  }

  /// A server cannot be reached: it is not chosen again before a new table names it.
  func giveUp(_ address: ServerAddress, because error: BoltError) {
    let (server, wasKnown) = state.withLock { state in
      let wasKnown = state.tables.servers.contains(address)
      state.tables.remove(address)
      return (state.servers[address], wasKnown)
    }
    if wasKnown {
      logger.info(
        "a server of the cluster is given up",
        metadata: ["server": "\(address)", "error": "\(LoggedError(error))"])
    }
    server?.purge()
  }

  private func note(_ error: BoltError, of server: ServerPool, for database: String?) -> BoltError {
    switch error.code {
    case .authorizationExpired: server.expireLogins()
    case .databaseUnavailable:
      // The server is well: its connections, and its part in other databases, stay.
      state.withLock { $0.tables.remove(server.address, for: database) }
    case .notALeader, .forbiddenOnReadOnlyDatabase:
      state.withLock { $0.tables.removeWriter(server.address, for: database) }
    case .incompleteCommit where (error.underlying as? BoltError)?.isAboutReachability == true:
      giveUp(server.address, because: error)
    case .serviceUnavailable, .connectTimeout:
      giveUp(server.address, because: error)
      return BoltError(.sessionExpired, error.message, address: error.address, underlying: error.underlying)
    default: break
    }
    return error
  }

  func checkOpen() throws {
    guard !state.withLock({ $0.isClosed }) else {
      throw BoltError(.closed, "the driver is closed: it lends no connection")
    }
  }
}
