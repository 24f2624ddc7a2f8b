import Synchronization

/// Work that names no database.
extension RoutingProvider {
  /// A connection chosen by whose home database was which the last time; nil when that cannot be relied on.
  func guessedConnection(for request: ConnectionRequest, _ isChecked: Bool) async throws -> ConnectionLoan? {
    let key = HomeDatabaseCache.key(request)
    let guess = state.withLock { state in
      let canGuess = !state.routesItself.isEmpty && state.routesItself.values.allSatisfy { $0 }
      return canGuess ? state.homes.database(of: key) : nil
    }
    guard let guess else { return nil }
    do {
      try await keepFresh(guess, request)
    } catch let error as BoltError where error.server != nil && !error.code.isSecurity {
      // The database is gone, perhaps: whoever knows better is asked.
      state.withLock { $0.homes.forget(key) }
      return nil
    }
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
  func homeDatabase(for request: ConnectionRequest) async throws -> String? {
    // A table without a name is one of a server that would not tell it this time either.
    if freshTable(for: nil, request.accessMode) != nil { return nil }
    let table = try await refresh(nil, request, ifStale: true)
    if let name = table.database {
      state.withLock { $0.homes.remember(name, of: HomeDatabaseCache.key(request)) }
    }
    return table.database
  }
}
