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
    /// The pools of servers that no table names any more, as long as some of their connections are lent.
    var leaving: [ServerPool] = []
    var isClosed = false
  }

  let configuration: DriverConfiguration
  let tokens: any AuthTokenManager
  /// What servers are told of where they are asked from.
  let context: [String: BoltValue]
  let logger: Logger
  let state = Lock(State())
  let makeServer: @Sendable (ServerAddress) -> ServerPool
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

  package var routingMetrics: [RoutingTableMetrics] {
    let now = configuration.clock.time
    return state.withLock { $0.tables.all }.map { RoutingTableMetrics($0, now: now) }
  }

  package func routingTable(for database: String?) -> RoutingTable? {
    state.withLock { $0.tables.table(for: database) }
  }

  package func updateRoutingTable(for request: ConnectionRequest) async throws {
    _ = try await refresh(request.database, request)
  }

  package func close(grace: Duration) async {
    let servers = state.withLock { state in
      state.isClosed = true
      return Array(state.servers.values) + state.leaving
    }
    refreshes.cancel()
    await withTaskGroup { group in
      for server in servers { group.addTask { await server.close(grace: grace) } }
    }
  }

  // MARK: - Choosing

  private func connection(for request: ConnectionRequest, isChecked: Bool) async throws -> ConnectionLoan {
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

  /// Makes sure that the table of a database can be used for this work.
  func keepFresh(_ database: String?, _ request: ConnectionRequest) async throws {
    if freshTable(for: database, request.accessMode) == nil { _ = try await refresh(database, request, ifStale: true) }
  }

  /// The table of a database, if it can be used for such work.
  func freshTable(for database: String?, _ mode: AccessMode) -> RoutingTable? {
    let now = configuration.clock.time
    return state.withLock { state in
      state.tables.table(for: database).flatMap { $0.isFresh(for: mode, now: now) ? $0 : nil }
    }
  }

  /// Fetches a table, or waits for the one that somebody else is fetching.
  ///
  /// - Parameter ifStale: Whether a fresh table will do: somebody else may just have fetched it.
  func refresh(
    _ database: String?, _ request: ConnectionRequest, ifStale: Bool = false
  ) async throws -> RoutingTable {
    let key = RoutingTableRefreshes.Key(
      database: database, impersonatedUser: request.impersonatedUser, auth: request.auth)
    return try await refreshes.table(key) {
      ifStale ? freshTable(for: database, request.accessMode) : nil
    } fetch: { [self] in
      try await discover(database, request)
    }
  }

  /// Borrows a connection to the member that has the least to do; one that cannot be reached is given up.
  func lend(
    _ database: String?, naming name: String?, _ request: ConnectionRequest, _ isChecked: Bool
  ) async throws -> ConnectionLoan {
    var lastError: (any Error)?
    while true {
      guard let server = leastLoaded(database, request.accessMode) else {
        let (code, what): (BoltError.Code, String) =
          request.accessMode == .read ? (.readServiceUnavailable, "read from") : (.sessionExpired, "write to")
        throw BoltError(
          code, "no server to \(what) is known for \(database ?? "the home database")",
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
    let chosen = state.withLock { $0.balancer.choose(among: candidates.map(\.0), for: mode) { load[$0] ?? 0 } }
    return chosen.flatMap { server(at: $0) }
  }
}
