import Logging
import Synchronization

extension RoutingProvider {
  /// Fetches the table of a database: from one of the routers that are known, or those that the URI's address leads to.
  ///
  /// - Throws: ``BoltError``: what a router answers that another would answer as well, or `serviceUnavailable` when none
  ///   of them has a table.
  func discover(_ database: String?, _ request: ConnectionRequest) async throws -> RoutingTable {
    try checkOpen()
    let initial = configuration.uri.address
    let known = state.withLock { $0.tables.table(for: database) }
    let routers = known?.routers.filter { $0 != initial } ?? []
    // A table without writers may be that of a part of the cluster that lost the rest: whoever comes first is asked
    // first.
    let isInitialFirst = known?.cameWithoutWriters == true
    var attempt = DiscoveryAttempt(database: database, request: request)
    if !isInitialFirst, let table = try await ask(routers, &attempt) { return table }
    let first = try await configuration.resolver?(initial) ?? [initial]
    if let table = try await ask(first, &attempt) { return table }
    if isInitialFirst, let table = try await ask(routers, &attempt) { return table }
    throw BoltError(
      .serviceUnavailable,
      "no router has a routing table for \(database ?? "the home database"): asked "
        + "\(attempt.asked) of them", address: initial.description, underlying: attempt.lastError)
  }

  private func ask(_ routers: [ServerAddress], _ attempt: inout DiscoveryAttempt) async throws -> RoutingTable? {
    for router in routers {
      try Task.checkCancellation()
      guard let server = server(at: router) else { break }
      attempt.asked += 1
      do {
        let table = try await table(from: server, attempt)
        guard !table.routers.isEmpty, !table.readers.isEmpty else {
          attempt.lastError = BoltError(
            .serviceUnavailable, "the router's table has no routers or no readers", address: router.description)
          continue
        }
        keep(table)
        logger.debug(
          "a new routing table", metadata: ["database": "\(table.database ?? "home")", "router": "\(router)"])
        return table
      } catch let error as BoltError where !error.endsDiscovery {
        if error.isAboutReachability || error.code == .protocolViolation { giveUp(router, because: error) }
        attempt.lastError = error
      }
    }
    return nil
  }

  private func table(from server: ServerPool, _ attempt: DiscoveryAttempt) async throws -> RoutingTable {
    var request = attempt.request
    // What a router says is not what the session's own work came to.
    request.onBookmark = nil
    request.onDatabase = nil
    request.onTelemetry = nil
    let loan = try await lend(from: server, for: attempt.database, naming: nil, request)
    defer { loan.giveBack() }
    let question = RoutingTableRequest(
      context: context, database: attempt.database, bookmarks: try await request.bookmarks(),
      impersonatedUser: request.impersonatedUser)
    let wire = try await loan.connection.withDeadline(.now + configuration.routingTimeout, "ROUTE") {
      try await question.send(on: loan.connection)
    }
    return try RoutingTable(wire: wire, database: attempt.database, now: configuration.clock.time)
  }
}

/// One search for a routing table.
private struct DiscoveryAttempt {
  let database: String?
  let request: ConnectionRequest
  var asked = 0
  var lastError: (any Error)?
}

extension BoltError {
  /// Whether it is of no use to ask another router.
  fileprivate var endsDiscovery: Bool {
    switch code {
    case .unsupportedFeature, .unsupportedServer, .unsupportedVersion, .invalidConfiguration, .unsendableValue,
      .callbackFailed, .poolTimeout, .closed, .misuse:
      true
    default: code.isFatalDuringDiscovery
    }
  }
}
