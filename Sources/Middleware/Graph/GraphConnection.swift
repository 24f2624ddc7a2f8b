package import Actors
package import BoltDriver
import FoundationEssentials
import Synchronization

/// The driver of a worker process and its life: made by the first worker that starts, closed by the last that stops.
package final class GraphConnection: Sendable {
  /// Where the driver comes from.
  package enum Source: Sendable {
    /// The environment, with changes.
    case environment(@Sendable (inout DriverConfiguration) -> Void)
    case configuration(DriverConfiguration)
    /// The program, which also closes it.
    case driver(Driver)
  }

  private struct State {
    var users = 0
    var access: GraphAccess?
    var monitor: GraphMonitor?
    var watch: Task<Void, Never>?
  }

  /// Whether the graph answers.
  package let health = GraphHealth()
  private let source: Source
  private let isLazy: Bool
  private let pace: GraphMonitor.Pace
  private let environment: @Sendable () -> [String: String]
  private let state = Lock(State())

  /// A connection that is not open.
  ///
  /// - Parameters:
  ///   - source: Where the driver comes from.
  ///   - isLazy: Whether a worker starts without having seen the graph.
  ///   - pace: How often it is looked whether the graph answers.
  ///   - environment: The variables to read when it is opened.
  package init(
    source: Source, isLazy: Bool, pace: GraphMonitor.Pace = GraphMonitor.Pace(),
    environment: @escaping @Sendable () -> [String: String] = { ProcessInfo.processInfo.environment }
  ) {
    self.source = source
    self.isLazy = isLazy
    self.pace = pace
    self.environment = environment
  }

  /// What messages get; nil while nothing is open.
  package var access: GraphAccess? { state.withLock { $0.access } }

  /// A message has failed with an error of the graph.
  func heard(_ error: BoltError) {
    guard error.server == nil, error.isRetryable else { return }
    state.withLock { $0.monitor }?.lookSoon()
  }

  // MARK: - Life

  /// Opens it for one more worker.
  ///
  /// - Throws: `ActorSystemError`; `CancellationError`. Nothing stays open then.
  package func open(for worker: WorkerContext) async throws {
    let monitor = try enter(worker)
    do {
      if !isLazy { try await monitor.waitUntilUp() }
      watch(monitor)
    } catch {
      await close()
      if error is CancellationError { throw error }
      throw ActorSystemError(.invalidConfiguration, "the graph refuses this worker: \(ErrorText(error))")
    }
  }

  /// Closes it for one worker. Connections still in use, after a drain that ran out of time, are closed under their
  /// users.
  package func close() async {
    let last: State? = state.withLock { state in
      state.users -= 1
      guard state.users <= 0 else { return nil }
      defer { state = State() }
      return state
    }
    guard let last else { return }
    health.note(.unknown)
    last.watch?.cancel()
    await last.watch?.value
    guard let driver = last.access?.driver else { return }
    let figures = driver.poolMetrics
    if case .driver = source { return }
    await driver.close()
    last.monitor?.logger.info(
      "closed the graph driver",
      metadata: [
        "connections": "\(figures.reduce(0) { $0 &+ $1.created })",
        "lent": "\(figures.reduce(0) { $0 &+ $1.acquired })",
      ])
  }

  private func enter(_ worker: WorkerContext) throws -> GraphMonitor {
    // Made under the lock: two workers that start at once share what the first one makes.
    try state.withLock { state in
      if let monitor = state.monitor {
        state.users += 1
        return monitor
      }
      let driver = try driver(for: worker)
      let monitor = GraphMonitor(driver: driver, health: health, pace: pace, logger: worker.logger)
      state = State(users: 1, access: GraphAccess(driver: driver, health: health), monitor: monitor)
      return monitor
    }
  }

  private func watch(_ monitor: GraphMonitor) {
    state.withLock { state in
      guard state.users > 0, state.watch == nil else { return }
      state.watch = Task { await monitor.run() }
    }
  }

  private func driver(for worker: WorkerContext) throws -> Driver {
    // What the pool has to say of a server that is down, the monitor says: once.
    var logger = worker.logger
    if logger.logLevel > .debug { logger.logLevel = .error }
    do {
      switch source {
      case .driver(let driver): return driver
      case .configuration(let configuration): return try Driver(configuration, logger: logger)
      case .environment(let adjust):
        var configuration = try DriverConfiguration(environment: environment())
        configuration.suit(slots: worker.concurrency)
        adjust(&configuration)
        return try Driver(configuration, logger: logger)
      }
    } catch {
      throw ActorSystemError(.invalidConfiguration, "the graph: \(ErrorText(error))")
    }
  }
}

extension DriverConfiguration {
  /// Suits the settings to a worker: its messages are tried again by themselves, and a slot that waits serves nobody.
  package mutating func suit(slots: Int) {
    maximumPoolSize = slots + 2
    connectTimeout = .seconds(5)
    acquisitionTimeout = .seconds(30)
    livenessCheckIdle = .seconds(60)
    repeatsWithoutConnection = false
  }
}
