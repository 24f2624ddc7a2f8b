import Logging

/// The connections to one server, each logged in as whoever borrows it.
package final class ServerPool: Sendable {
  /// As whom a connection is wanted.
  enum Login: Sendable {
    /// The driver's user: where the version knows no change of tokens a new connection is made.
    case driver(any AuthTokenManager)
    /// The token of one session.
    case session(AuthToken)
    /// A token to be checked, even if the connection is logged in with it.
    case checked(AuthToken)

    var isDriver: Bool { if case .driver = self { true } else { false } }
    var isChecked: Bool { if case .checked = self { true } else { false } }

    /// Who hears of errors about the token; nobody for one that a session brought.
    fileprivate var manager: (any AuthTokenManager)? {
      if case .driver(let manager) = self { manager } else { nil }
    }

    fileprivate func token() async throws -> AuthToken {
      switch self {
      case .driver(let manager): try await manager.token()
      case .session(let token), .checked(let token): token
      }
    }
  }

  /// A connection with what its errors mean for others.
  typealias Loan = (lease: PoolLease<BoltConnection>, failures: FailurePolicy)

  /// The server.
  package let address: ServerAddress
  private let pool: ConnectionPool<BoltConnection>
  private let generation: LoginGeneration
  private let dialer: ConnectionDialer

  /// - Parameters:
  ///   - address: The server.
  ///   - configuration: The limits.
  ///   - dialer: Makes connections to it.
  ///   - logger: Hears when connecting stops working and when it works again.
  init(_ address: ServerAddress, _ configuration: DriverConfiguration, _ dialer: ConnectionDialer, logger: Logger) {
    self.address = address
    let generation = LoginGeneration()
    self.generation = generation
    self.dialer = dialer
    pool = ConnectionPool(
      address: address, limits: configuration.poolLimits, clock: configuration.clock, logger: logger,
      instruments: configuration.activeMetricsFactory.map {
        PoolInstruments($0, address: address, limit: configuration.maximumPoolSize)
      }
    ) { token, deadline in
      try await dialer.dial(
        token: token ?? .unauthenticated, generation: generation.current, deadline: deadline)
    }
  }

  /// Borrows a connection whose next request is one of this login's user.
  ///
  /// - Parameters:
  ///   - login: As whom it is wanted. The token is asked for once for each connection that is looked at.
  ///   - deadline: When to give up.
  ///   - note: Draws the consequences of an error, and says what the one who met it shall see.
  /// - Throws: ``BoltError``, `unsupportedFeature` among others when the server's version knows no change of users;
  ///   `CancellationError`; what the manager of tokens throws.
  func acquire(
    _ login: Login, deadline: ContinuousClock.Instant, note: @escaping @Sendable (BoltError) -> BoltError
  ) async throws -> Loan {
    while true {
      let token = try await login.token()
      let failures = FailurePolicy(token: token, manager: login.manager, note: note)
      let lease: PoolLease<BoltConnection>
      do {
        lease = try await pool.acquire(deadline: deadline, token: token)
      } catch {
        // It was the version that could not be, whatever the server thinks of the token.
        if !login.isDriver, (error as? BoltError)?.code.isSecurity == true, let version = dialer.lastVersion {
          try requireSessionTokens(in: version)
        }
        throw await failures.settle(error)
      }
      let connection = lease.connection
      let match: ConnectionLogin.Match
      do {
        if !login.isDriver { try requireSessionTokens(in: connection.server.protocolVersion) }
        match = try connection.logIn(token, generation: generation.current, force: login.isChecked)
      } catch {
        pool.release(lease)
        throw error
      }
      switch match {
      case .good: return (lease, failures)
      case .mustReconnect:
        connection.retire()
        pool.release(lease)
      }
    }
  }

  private func requireSessionTokens(in version: BoltVersion) throws(BoltError) {
    guard version < .v51 else { return }
    throw BoltError(
      .unsupportedFeature, "a token of a session's own needs Bolt 5.1, the server speaks \(version)",
      address: address.description)
  }

  /// Gives a connection back; a second time does nothing.
  func release(_ lease: PoolLease<BoltConnection>) { pool.release(lease) }

  /// Every connection has to log in again before its next use.
  func expireLogins() { generation.advance() }

  /// Closes the idle connections now and the lent ones when they are given back.
  func purge() { pool.purge() }

  /// Closes the pool for good.
  func close(grace: Duration) async { await pool.close(grace: grace) }

  /// How many connections are lent.
  var inUse: Int { pool.inUse }

  /// The figures of this moment.
  package var metrics: PoolMetrics { pool.metrics }
}
