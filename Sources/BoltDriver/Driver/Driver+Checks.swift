extension Driver {
  /// Connects, logs in and has an answer from the server, or reuses a connection that can. With routing: finds the
  /// members of the cluster and asks one that can be read from.
  ///
  /// - Parameter database: The database whose members are looked for; nil for the driver's, or else the home database.
  /// - Returns: The server that answered.
  /// - Throws: ``BoltError`` telling why not.
  @discardableResult
  public func verifyConnectivity(database: String? = nil) async throws -> ServerInfo {
    let database = database ?? configuration.database
    let loan = try await provider.connection(for: ConnectionRequest(.read, database: database))
    defer { loan.giveBack() }
    try await loan.connection.prove(deadline: .now + configuration.acquisitionTimeout)
    return loan.connection.server
  }

  /// The server that answers, with the version of the protocol that is spoken with it.
  ///
  /// - Throws: ``BoltError`` when none can be reached.
  public func serverInfo() async throws -> ServerInfo { try await verifyConnectivity() }

  /// Whether the servers take this token: logs in with it, on a connection of the pool if there is one.
  ///
  /// - Parameters:
  ///   - auth: The token to try.
  ///   - database: The database whose members are looked for; nil for `system`, which every cluster has.
  /// - Returns: Whether it is good. False also when it would be good but has expired, or must be changed first.
  /// - Throws: ``BoltError`` when the question cannot be answered: no server can be reached, or it speaks a version
  ///   before Bolt 5.1 (`unsupportedFeature`).
  public func verifyAuthentication(_ auth: AuthToken, database: String? = nil) async throws -> Bool {
    do {
      let loan = try await provider.verifiedConnection(token: auth, database: database ?? "system")
      loan.giveBack()
      return true
    } catch let error as BoltError where Self.refusals.contains(error.code) {
      return false
    }
  }

  /// Whether the server has several databases: whether it speaks Bolt 4.0 or newer.
  ///
  /// - Throws: ``BoltError`` when no server can be reached.
  public func supportsMultiDatabase() async throws -> Bool { try await protocolVersion() >= BoltVersion(4, 0) }

  /// Whether sessions can log in as somebody else: whether the server speaks Bolt 5.1 or newer.
  ///
  /// - Throws: ``BoltError`` when no server can be reached.
  public func supportsSessionAuth() async throws -> Bool { try await protocolVersion() >= .v51 }

  /// Whether connections are encrypted, as the URI and the settings say.
  public var isEncrypted: Bool { configuration.encryption != .none }

  private func protocolVersion() async throws -> BoltVersion {
    let loan = try await provider.connection(for: ConnectionRequest(.read, database: configuration.database))
    defer { loan.giveBack() }
    return loan.connection.server.protocolVersion
  }

  private static let refusals: Set<BoltError.Code> = [
    .unauthorized, .tokenExpired, .credentialsExpired, .forbidden,
  ]
}
