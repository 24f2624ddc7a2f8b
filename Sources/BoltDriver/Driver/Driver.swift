public import Logging
public import NIOCore
public import NIOPosix

/// The way to a graph: a pool of connections, and sessions that borrow them. Make one for a program, share it, and
/// close it at the end. Making one opens nothing.
///
/// ```swift
/// let driver = try Driver(DriverConfiguration("bolt://localhost:7687", auth: .basic("neo4j", password: password)))
/// let result = try await driver.executeQuery("MATCH (p:Package {name: \(name)}) RETURN p.version AS version")
/// await driver.close()
/// ```
public final class Driver: Sendable {
  /// The settings.
  public let configuration: DriverConfiguration
  /// Keeps the bookmarks of the queries that ``executeQuery(_:_:)`` runs.
  public let executeQueryBookmarkManager: any BookmarkManager = DefaultBookmarkManager()
  let provider: any ConnectionProvider
  let logger: Logger
  let counters = TransactionCounters()
  let instruments: DriverInstruments

  /// Makes a driver.
  ///
  /// - Parameters:
  ///   - configuration: The server, who logs in, and the limits.
  ///   - eventLoopGroup: The threads that do the network's work; those that the whole process shares when none are
  ///     given.
  ///   - logger: Hears of connections that break and of retries; never of a query, its parameters, or what a server says
  ///     of them.
  /// - Throws: ``BoltError`` (`invalidConfiguration`) for settings that cannot be, or certificates that cannot be read.
  public convenience init(
    _ configuration: DriverConfiguration,
    eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    logger: Logger = Logger(label: "bolt")
  ) throws {
    try configuration.validate()
    let tls = try TLSClient(configuration)
    let makeServer: @Sendable (ServerAddress) -> ServerPool = { address in
      let dialer = ConnectionDialer(
        group: eventLoopGroup, address: address, login: Login(configuration), tls: tls,
        connectTimeout: configuration.connectTimeout, loginTimeout: configuration.loginTimeout,
        keepAlive: configuration.keepAlive,
        resolve: configuration.domainNameResolver, negotiation: configuration.negotiation)
      return ServerPool(address, configuration, dialer, logger: logger)
    }
    let provider: any ConnectionProvider =
      configuration.uri.isRouting
      ? RoutingProvider(configuration, logger: logger, makeServer: makeServer)
      : DirectProvider(makeServer(configuration.uri.address), configuration)
    self.init(configuration, provider: provider, logger: logger)
  }

  package init(_ configuration: DriverConfiguration, provider: any ConnectionProvider, logger: Logger) {
    self.configuration = configuration
    self.provider = provider
    self.logger = logger
    instruments = DriverInstruments(configuration)
  }

  // MARK: - Work

  /// Lends a session to `body` and closes it afterwards.
  ///
  /// - Throws: What `body` throws; ``BoltError`` when an unread result of the session turns out to have failed.
  @discardableResult
  public func withSession<Result>(
    _ configuration: SessionConfiguration = SessionConfiguration(), _ body: (Session) async throws -> Result
  ) async throws -> Result {
    let session = session(configuration)
    let result: Result
    do {
      result = try await body(session)
    } catch {
      try? await session.close()
      throw error
    }
    try await session.close()
    return result
  }

  /// Makes a session, which the caller must close. Prefer ``withSession(_:_:)``, which cannot forget.
  public func session(_ configuration: SessionConfiguration = SessionConfiguration()) -> Session {
    var configuration = configuration
    configuration.database = configuration.database ?? self.configuration.database
    return Session(
      provider: provider, configuration: configuration, driver: self.configuration, logger: logger, counters: counters,
      instruments: instruments)
  }

  // MARK: - Life

  /// The figures of the connections, one entry a server.
  public var poolMetrics: [PoolMetrics] { provider.poolMetrics }

  /// The figures of the routing tables, one entry a database; none without routing.
  public var routingMetrics: [RoutingTableMetrics] { provider.routingMetrics }

  /// The figures of the sessions and transactions.
  public var transactionMetrics: TransactionMetrics { counters.metrics }

  /// Closes the driver: new work is refused, idle connections are closed, those in use when they are given back. May be
  /// called twice.
  ///
  /// - Parameter grace: How long to wait for work under way; after it the connections are closed under it.
  public func close(grace: Duration = .zero) async { await provider.close(grace: grace) }
}
