import Logging
import Synchronization

/// The connections to the members of a cluster: which of them is asked, routing tables decide, one a database.
package final class RoutingProvider: ConnectionProvider {
  struct State {
    var tables = RoutingTables()
    var servers: [ServerAddress: ServerPool] = [:]
    var homes = HomeDatabaseCache()
    /// Whether a server routes on its own side, by what it said last.
    var routesItself: [ServerAddress: Bool] = [:]
    var balancer = LoadBalancer()
    var isClosed = false
  }

  let configuration: DriverConfiguration
  let tokens: any AuthTokenManager
  /// What servers are told of where they are asked from.
  let context: [String: BoltValue]
  let logger: Logger
  let state = Lock(State())
  private let makeServer: @Sendable (ServerAddress) -> ServerPool
  private let refreshes = RoutingTableRefreshes()

  /// - Parameters:
  ///   - configuration: The settings.
  ///   - logger: Hears of new tables and of servers that are given up.
  ///   - makeServer: Makes the pool of a server; opens nothing.
  init(
    _ configuration: DriverConfiguration, logger: Logger, makeServer: @escaping @Sendable (ServerAddress) -> ServerPool
  ) {
    self.configuration = configuration
    self.logger = logger
    self.makeServer = makeServer
    tokens = configuration.tokens
    context = configuration.routingContext
  }

  // MARK: - ConnectionProvider

  package func connection(for request: ConnectionRequest) async throws -> ConnectionLoan {
    try await connection(for: request, isChecked: false)
  }

  package func verifiedConnection(token: AuthToken, database: String?) async throws -> ConnectionLoan {
    let request = ConnectionRequest(.read, database: database, auth: token)
    let loan = try await connection(for: request, isChecked: true)
    do {
      try await loan.connection.withDeadline(.now + configuration.acquisitionTimeout, "LOGON") {
        try await loan.connection.finishLogin()
      }
      return loan
    } catch {
      loan.giveBack()
      throw error
    }
  }

  package var poolMetrics: [PoolMetrics] {
    state.withLock { Array($0.servers.values) }.map(\.metrics).sorted { $0.address < $1.address }
  }

  package func routingTable(for database: String?) -> RoutingTable? { state.withLock { $0.tables.table(for: database) } }

  package func updateRoutingTable(for request: ConnectionRequest) async throws {
    _ = try await refresh(request.database, request)
  }

  package func close(grace: Duration) async {
    let servers = state.withLock { state in
      state.isClosed = true
      return Array(state.servers.values)
    }
    refreshes.cancel()
    await withTaskGroup { group in
      for server in servers { group.addTask { await server.close(grace: grace) } }
    }
  }

  // MARK: - Choosing

  private func connection(
    for request: ConnectionRequest, isChecked: Bool
  ) async throws -> ConnectionLoan {
    try Task.checkCancellation()
    try checkOpen()
    guard request.database == nil, !request.isDatabaseSettled else {
      try await keepFresh(request.database, request)
      return try await lend(request.database, naming: request.database, request, isChecked)
    }
    if let loan = try await guessedConnection(for: request, isChecked) { return loan }
    let home = try await homeDatabase(for: request)
    request.onDatabase?(home)
    return try await lend(home, naming: home, request, isChecked)
  }

  /// A connection chosen by whose home database was which the last time; nil when that cannot be relied on.
  private func guessedConnection(
    for request: ConnectionRequest, _ isChecked: Bool
  ) async throws -> ConnectionLoan? {
    let key = HomeDatabaseCache.key(request)
    let guess = state.withLock { state in
      let canGuess = !state.routesItself.isEmpty && state.routesItself.values.allSatisfy { $0 }
      return canGuess ? state.homes.database(of: key) : nil
    }
    guard let guess else { return nil }
    try await keepFresh(guess, request)
    var request = request
    let onDatabase = request.onDatabase
    request.onDatabase = { [weak self] name in
      if let self, let name { self.state.withLock { $0.homes.remember(name, of: key) } }
      onDatabase?(name)
    }
    let loan = try await lend(guess, naming: nil, request, isChecked)
    guard loan.connection.hints.serverSideRouting else {
      // Nobody would repair a wrong guess.
      loan.giveBack()
      return nil
    }
    return loan
  }

  /// The home database's name by a fresh table; nil when servers do not tell it.
  private func homeDatabase(for request: ConnectionRequest) async throws -> String? {
    let now = configuration.clock.time
    // A table without a name is one of a server that would not tell it this time either.
    let isKnown = state.withLock { $0.tables.table(for: nil)?.isFresh(for: request.accessMode, now: now) == true }
    if isKnown { return nil }
    let table = try await refresh(nil, request)
    if let name = table.database {
      state.withLock { $0.homes.remember(name, of: HomeDatabaseCache.key(request)) }
    }
    return table.database
  }

  /// Makes sure that the table of a database can be used for this work.
  private func keepFresh(_ database: String?, _ request: ConnectionRequest) async throws {
    let now = configuration.clock.time
    let isFresh = state.withLock {
      $0.tables.table(for: database)?.isFresh(for: request.accessMode, now: now) == true
    }
    if !isFresh { _ = try await refresh(database, request) }
  }

  /// Fetches a table, or waits for the one that somebody else is fetching.
  private func refresh(_ database: String?, _ request: ConnectionRequest) async throws -> RoutingTable {
    let key = RoutingTableRefreshes.Key(
      database: database, impersonatedUser: request.impersonatedUser, auth: request.auth)
    return try await refreshes.table(key) { [self] in try await discover(database, request) }
  }

  /// Borrows a connection to the member that has the least to do; one that cannot be reached is given up.
  private func lend(
    _ database: String?, naming name: String?, _ request: ConnectionRequest, _ isChecked: Bool
  ) async throws -> ConnectionLoan {
    var lastError: (any Error)?
    while true {
      guard let server = leastLoaded(database, request.accessMode) else {
        let what = request.accessMode == .read ? "read from" : "write to"
        throw BoltError(
          .sessionExpired, "no server to \(what) is known for \(database ?? "the home database")",
          underlying: lastError)
      }
      do {
        return try await lend(from: server, for: database, naming: name, request, isChecked)
      } catch let error as BoltError where error.isAboutReachability {
        giveUp(server.address, because: error)
        lastError = error
      }
    }
  }

  private func leastLoaded(_ database: String?, _ mode: AccessMode) -> ServerPool? {
    let candidates = state.withLock { state in
      (state.tables.table(for: database)?.servers(for: mode) ?? []).map { ($0, state.servers[$0]) }
    }
    let load = Dictionary(candidates.map { ($0, $1?.inUse ?? 0) }, uniquingKeysWith: max)
    let chosen = state.withLock { $0.balancer.choose(among: candidates.map(\.0)) { load[$0] ?? 0 } }
    return chosen.flatMap { server(at: $0) }
  }

  // MARK: - Servers

  /// Borrows a connection to a server.
  func lend(
    from server: ServerPool, for database: String?, naming name: String?, _ request: ConnectionRequest,
    _ isChecked: Bool = false
  ) async throws -> ConnectionLoan {
    let login = request.auth.map { isChecked ? ServerPool.Login.checked($0) : .session($0) } ?? .driver(tokens)
    let deadline = ContinuousClock.now + configuration.acquisitionTimeout
    let (lease, failures) = try await server.acquire(login, deadline: deadline) { [weak self, weak server] error in
      guard let self, let server else { return error }
      return self.note(error, of: server, for: database)
    }
    state.withLock { $0.routesItself[server.address] = lease.connection.hints.serverSideRouting }
    lease.connection.pass(ResponseGate(request, failures))
    return ConnectionLoan(lease.connection, database: name) { server.release(lease) }
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
      return Array(left.values)
    }
    for server in left { Task.detached { await server.close(grace: .seconds(3600)) } }
  }

  /// A server cannot be reached: it is not chosen again before a new table names it.
  func giveUp(_ address: ServerAddress, because error: BoltError) {
    logger.info("a server of the cluster is given up", metadata: ["server": "\(address)", "error": "\(error)"])
    let server = state.withLock { state in
      state.tables.remove(address)
      return state.servers[address]
    }
    server?.purge()
  }

  private func note(_ error: BoltError, of server: ServerPool, for database: String?) -> BoltError {
    switch error.code {
    case .authorizationExpired: server.expireLogins()
    case .databaseUnavailable: giveUp(server.address, because: error)
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
