/// Asks a router for a routing table, in the way of its version.
struct RoutingTableRequest: Sendable {
  /// What the server knows of where it is asked from.
  let context: [String: BoltValue]
  /// The database; nil for the home database.
  let database: String?
  /// The transactions that the router must have seen.
  let bookmarks: [String]
  /// Whose home database is meant; nil for that of the user that logged in.
  let impersonatedUser: String?

  /// Asks.
  ///
  /// - Returns: The table as the router put it.
  /// - Throws: ``BoltError``; `CancellationError`.
  func send(on connection: BoltConnection) async throws -> [String: BoltValue] {
    let version = connection.server.protocolVersion
    guard version >= .v43 else { return try await callProcedure(on: connection, version) }
    let answers = try await connection.request(
      .route(context: context, bookmarks: bookmarks, database: database, impersonatedUser: impersonatedUser))
    guard case .map(let table)? = answers.last?["rt"] else {
      throw BoltError(
        .protocolViolation, "the router's answer holds no table", address: connection.server.address)
    }
    return table
  }

  /// Until 4.2 a procedure gives the table.
  private func callProcedure(on connection: BoltConnection, _ version: BoltVersion) async throws -> [String: BoltValue]
  {
    try TransactionStart.checkImpersonation(of: impersonatedUser, in: version, address: connection.server.address)
    let stream = ResultStream(connection: connection, fetchSize: -1)
    try stream.start(query(version), transaction: start(version))
    let header = try await stream.header()
    let record = try await QueryResult(stream: stream, header: header, connection: connection).single()
    // What is missing is found missing by whoever reads the table.
    return record.dictionary
  }

  private func query(_ version: BoltVersion) -> Query {
    guard version >= .v40 else {
      return Query("CALL dbms.cluster.routing.getRoutingTable($context)", parameters: ["context": .map(context)])
    }
    guard let database else {
      return Query("CALL dbms.routing.getRoutingTable($context)", parameters: ["context": .map(context)])
    }
    return Query(
      "CALL dbms.routing.getRoutingTable($context, $database)",
      parameters: ["context": .map(context), "database": .string(database)])
  }

  private func start(_ version: BoltVersion) -> TransactionStart {
    // Version 3 has one database, and its procedure is none of the reading ones that bookmarks are for.
    version >= .v40
      ? TransactionStart(database: "system", accessMode: .read, bookmarks: bookmarks)
      : TransactionStart(accessMode: .read)
  }
}
