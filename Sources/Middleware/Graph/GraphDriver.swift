public import Actors
public import BoltDriver

/// Gives every message the graph: one driver for a worker process, in `context.graph` and in ``Graph/current``.
///
/// ```swift
/// system.middleware = .standard + [GraphDriver()]   // BOLT_URL, BOLT_USER, BOLT_PASSWORD(_FILE), BOLT_DATABASE
/// ```
///
/// The driver is made when the worker starts and closed when it has drained, also when the start fails half-way or the
/// drain runs out of time. By default the worker consumes only once the graph has answered: it waits for a graph that
/// is down, and ends (exit code 78) when the graph refuses it, because starting again would not help. A `lazy` one
/// starts at once.
///
/// While the graph is down, messages that ask for it fail at once and are retried by the rules of the chain; others run
/// on; `/readyz` says so; and when it is back everything goes on by itself.
///
/// Put it innermost: what is inside of it can use the graph.
public struct GraphDriver: ReportingMiddleware {
  private let connection: GraphConnection
  private let isRequired: Bool

  /// A graph as the environment describes it (`DriverConfiguration(environment:)`), suited to a worker: a pool of two
  /// connections more than there are slots; 5 s to connect, 30 s to get a connection; an idle connection is checked
  /// after a minute; and no waiting for a graph that is down, because the message itself is tried again.
  ///
  /// - Parameters:
  ///   - lazy: Whether the worker starts without having seen the graph.
  ///   - isRequired: Whether `/readyz` is 503 while the graph is down. Otherwise it only tells the reason.
  ///   - adjust: Changes the configuration.
  public init(
    lazy: Bool = false, isRequired: Bool = true,
    adjust: @escaping @Sendable (inout DriverConfiguration) -> Void = { _ in }
  ) {
    self.init(GraphConnection(source: .environment(adjust), isLazy: lazy), isRequired: isRequired)
  }

  /// A graph as a configuration describes it; it is used as it stands, its pool size too.
  ///
  /// - Parameters:
  ///   - configuration: Where the graph is, and how it is used.
  ///   - lazy: Whether the worker starts without having seen the graph.
  ///   - isRequired: Whether `/readyz` is 503 while the graph is down. Otherwise it only tells the reason.
  public init(_ configuration: DriverConfiguration, lazy: Bool = false, isRequired: Bool = true) {
    self.init(GraphConnection(source: .configuration(configuration), isLazy: lazy), isRequired: isRequired)
  }

  /// A graph whose driver the program has made itself; closing it remains the program's business.
  ///
  /// - Parameters:
  ///   - driver: The driver.
  ///   - lazy: Whether the worker starts without having seen the graph.
  ///   - isRequired: Whether `/readyz` is 503 while the graph is down. Otherwise it only tells the reason.
  public init(_ driver: Driver, lazy: Bool = false, isRequired: Bool = true) {
    self.init(GraphConnection(source: .driver(driver), isLazy: lazy), isRequired: isRequired)
  }

  package init(_ connection: GraphConnection, isRequired: Bool = true) {
    self.connection = connection
    self.isRequired = isRequired
  }

  /// Runs the message with the graph at hand.
  public func process(_ context: MessageContext, next: Next) async throws -> Outcome {
    guard let access = connection.access else { return await next(context) }
    context[GraphAccess.self] = access
    let outcome = await Graph.$access.withValue(access) { await next(context) }
    if case .failed(let error as BoltError) = outcome { connection.heard(error) }
    return outcome
  }

  /// Makes the driver and, unless it is lazy, waits until the graph has answered.
  ///
  /// - Throws: `ActorSystemError` (`invalidConfiguration`) when the configuration cannot be used or the graph refuses
  ///   it; `CancellationError` when the worker is stopped meanwhile. Nothing stays open then.
  public func workerWillStart(_ worker: WorkerContext) async throws { try await connection.open(for: worker) }

  /// Closes the driver.
  public func workerDidStop(_ worker: WorkerContext) async { await connection.close() }

  /// Why the graph cannot be used now.
  public var trouble: MiddlewareTrouble? {
    connection.health.reason.map { MiddlewareTrouble($0, isDegrading: isRequired) }
  }

  /// The figures of the connections and the transactions.
  public var metrics: [MetricFamily] { connection.access.map { GraphMetrics.families(of: $0.driver) } ?? [] }

  /// `graph`: the same as ``metrics``, for `/graph.json` and `actorctl graph pool`.
  public var document: (name: String, content: JSONValue)? {
    connection.access.map { ("graph", GraphReport($0).json) }
  }
}

/// The layer sees outgoing messages, and leaves them as they are.
extension GraphDriver: SendsUnchanged {}
