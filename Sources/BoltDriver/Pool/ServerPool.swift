import Logging

/// The connections to one server, each logged in as whoever borrows it.
package final class ServerPool: Sendable {
  /// What is asked of a login.
  enum Login: Sendable {
    /// The driver's token: where the version knows no change of users a new connection is made.
    case driver(AuthToken)
    /// The token of one session.
    case session(AuthToken)
    /// A token to be checked, even if the connection is logged in with it.
    case checked(AuthToken)

    var token: AuthToken {
      switch self {
      case .driver(let token), .session(let token), .checked(let token): token
      }
    }

    var isDriver: Bool { if case .driver = self { true } else { false } }
    var isChecked: Bool { if case .checked = self { true } else { false } }
  }

  /// The server.
  package let address: ServerAddress
  private let pool: ConnectionPool<BoltConnection>
  private let generation: LoginGeneration

  /// - Parameters:
  ///   - address: The server.
  ///   - configuration: The limits.
  ///   - dialer: Makes connections to it.
  ///   - logger: Hears when connecting stops working and when it works again.
  init(_ address: ServerAddress, _ configuration: DriverConfiguration, _ dialer: ConnectionDialer, logger: Logger) {
    self.address = address
    let generation = LoginGeneration()
    self.generation = generation
    pool = ConnectionPool(
      address: address, limits: configuration.poolLimits, clock: configuration.clock, logger: logger
    ) { token, deadline in
      try await dialer.dial(
        token: token ?? .unauthenticated, generation: generation.current, deadline: deadline)
    }
  }

  /// Borrows a connection whose next request is one of this login's user.
  ///
  /// - Returns: Nil when the one that was free had to go, since its server knows no change of users: the login is to be
  ///   asked for again then, as it may have changed meanwhile.
  /// - Throws: ``BoltError``, `unsupportedFeature` among others when the server's version knows no change of users;
  ///   `CancellationError`.
  func acquire(_ login: Login, deadline: ContinuousClock.Instant) async throws -> PoolLease<BoltConnection>? {
    let lease = try await pool.acquire(deadline: deadline, token: login.token)
    let connection = lease.connection
    guard login.isDriver || connection.server.protocolVersion >= .v51 else {
      pool.release(lease)
      throw BoltError(
        .unsupportedFeature, "a token of a session's own needs Bolt 5.1, the server speaks "
          + "\(connection.server.protocolVersion)", address: address.description)
    }
    switch connection.logIn(login.token, generation: generation.current, force: login.isChecked) {
    case .good: return lease
    case .mustReconnect:
      connection.retire()
      pool.release(lease)
      return nil
    }
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
