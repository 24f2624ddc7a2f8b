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
  private let provider: any ConnectionProvider
  private let logger: Logger
  private let bookmarks = BookmarkStore()
  private let counters = TransactionCounters()

  /// Makes a driver.
  ///
  /// - Parameters:
  ///   - configuration: The server, who logs in, and the limits.
  ///   - eventLoopGroup: The threads that do the network's work; those that the whole process shares when none are
  ///     given.
  ///   - logger: Hears of connections that break and of retries, never of queries' parameters.
  /// - Throws: ``BoltError`` (`invalidConfiguration`) for settings that cannot be, or certificates that cannot be read.
  public convenience init(
    _ configuration: DriverConfiguration,
    eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
    logger: Logger = Logger(label: "bolt")
  ) throws {
    try configuration.validate()
    guard !configuration.uri.isRouting else {
      throw BoltError(
        .unsupportedFeature,
        "\(configuration.uri.scheme.rawValue):// asks for routing, which this version of the driver does not do; "
          + "use bolt:// with the address of one server")
    }
    let dialer = ConnectionDialer(
      group: eventLoopGroup, address: configuration.uri.address,
      login: Login(userAgent: configuration.userAgent, auth: configuration.auth),
      tls: try TLSClient(configuration), connectTimeout: configuration.connectTimeout,
      keepAlive: configuration.keepAlive)
    let pool = ConnectionPool<BoltConnection>(
      address: configuration.uri.address, limits: configuration.poolLimits, logger: logger
    ) { deadline in try await dialer.dial(deadline: deadline) }
    self.init(configuration, provider: DirectProvider(pool), logger: logger)
  }

  package init(_ configuration: DriverConfiguration, provider: any ConnectionProvider, logger: Logger) {
    self.configuration = configuration
    self.provider = provider
    self.logger = logger
  }

  // MARK: - Work

  /// Runs a query in a transaction of its own and returns all its records; runs it again when an error is worth it. A
  /// transaction that only reads takes one round trip, one that writes two.
  ///
  /// It sees everything that earlier calls of this function on this driver committed.
  ///
  /// - Parameters:
  ///   - query: The query; values written into it as interpolations become parameters.
  ///   - database: The database; nil for the driver's.
  ///   - accessMode: Whether it may write.
  ///   - configuration: Time limit and metadata of each attempt.
  /// - Throws: ``BoltError``; `CancellationError` when the task is cancelled.
  @discardableResult
  public func executeQuery(
    _ query: Query, database: String? = nil, accessMode: AccessMode = .write,
    configuration: TransactionConfiguration = .default
  ) async throws -> EagerResult {
    try await self.configuration.retryPolicy.run(logger: logger, onRetry: counters.countRetry) { _ in
      let start = TransactionStart(
        database: database ?? self.configuration.database, accessMode: accessMode, bookmarks: bookmarks.current,
        configuration: configuration)
      let loan = try await provider.connection(for: start)
      let mark = counters.begin()
      let stream = ResultStream(connection: loan.connection, fetchSize: -1) { [bookmarks] end in
        if case .success(let metadata) = end {
          bookmarks.replace(start.bookmarks, from: metadata)
          mark.end(.committed)
        }
        loan.giveBack()
      }
      do {
        try stream.startTransaction(query, start)
        // One wait for everything, rather than one for each part of the answer.
        try await stream.waitForEnd()
        let header = try await stream.header()
        return try await QueryResult(
          stream: stream, header: header, connection: loan.connection
        ).eager()
      } catch {
        stream.close(BoltError(.resultConsumed, "the query failed", underlying: error))
        loan.giveBack()
        let error = stream.commitDoubt(error, at: loan.connection.server.address)
        mark.end(TransactionOutcome(error))
        throw error
      }
    }
  }

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
      provider: provider, configuration: configuration,
      fetchSize: configuration.fetchSize ?? self.configuration.fetchSize,
      retryPolicy: self.configuration.retryPolicy, logger: logger, counters: counters)
  }

  // MARK: - Life

  /// Connects, logs in and has an answer from the server, or reuses a connection that can.
  ///
  /// - Returns: The server that answered.
  /// - Throws: ``BoltError`` telling why not.
  @discardableResult
  public func verifyConnectivity() async throws -> ServerInfo {
    let loan = try await provider.connection(for: TransactionStart(accessMode: .read))
    defer { loan.giveBack() }
    try await loan.connection.reset(deadline: .now + configuration.acquisitionTimeout)
    return loan.connection.server
  }

  /// The figures of the connections, one entry a server.
  public var poolMetrics: [PoolMetrics] { provider.poolMetrics }

  /// The figures of the sessions and transactions.
  public var transactionMetrics: TransactionMetrics { counters.metrics }

  /// Closes the driver: new work is refused, idle connections are closed, those in use when they are given back. May be
  /// called twice.
  ///
  /// - Parameter grace: How long to wait for work under way; after it the connections are closed under it.
  public func close(grace: Duration = .zero) async { await provider.close(grace: grace) }
}
