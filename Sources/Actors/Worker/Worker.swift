public import Logging
public import ServiceLifecycle
import Synchronization

/// Runs the messages of an actor system until it is told to stop.
///
/// ```swift
/// let worker = Worker(system: system)
/// try await ServiceGroup(services: [worker], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
///
/// On a graceful shutdown it takes no new message, lets the running ones end until the drain deadline, gives back what
/// is left, and closes the broker's connections. Cancelling its task skips the wait.
public final class Worker: Service {
  private let system: ActorSystem
  private let configuration: WorkerConfiguration
  private let logger: Logger
  private let order: StopOrder
  private let phase = Lock(Phase())

  /// What is known of a worker from outside.
  private struct Phase {
    var exit: WorkerExit?
    var isStarted = false
    var isDraining = false
    var isStopped = false
    var engine: WorkerEngine?
    var stateFile: WorkerStateFile?
  }

  /// Makes a worker. Nothing is opened before it runs.
  ///
  /// - Parameters:
  ///   - system: The broker, the middleware and the actors.
  ///   - configuration: How it runs.
  ///   - logger: For what the worker has to say.
  public init(
    system: ActorSystem, configuration: WorkerConfiguration = WorkerConfiguration(),
    logger: Logger = Logger(label: "troupe.worker")
  ) {
    self.system = system
    self.configuration = configuration
    self.logger = logger
    order = StopOrder(drainTimeout: configuration.drainTimeout)
  }

  /// How the worker ended; nil while it runs.
  public var exit: WorkerExit? { phase.withLock { $0.exit } }

  /// Begins a graceful stop, as a shutdown of the service group does. Returns at once.
  public func stop() { order.give(.drained) }

  /// Runs messages until the worker is stopped.
  ///
  /// - Throws: ``ActorSystemError`` when the configuration cannot be used; what a middleware's `workerWillStart` threw.
  public func run() async throws {
    // In a task of its own: a cancelled worker still has to drain, settle and close.
    let life = Task { try await live() }
    try await withTaskCancellationHandler {
      try await withGracefulShutdownHandler {
        try await life.value
      } onGracefulShutdown: {
        self.order.give(.drained)
      }
    } onCancel: {
      order.cutShort()
    }
  }

  // MARK: The life of a worker

  private func live() async throws {
    let engine: WorkerEngine
    do {
      try system.validate()
      try configuration.validate()
      engine = try WorkerEngine(system, configuration, order, logger)
    } catch {
      end(.configuration)
      throw error
    }
    phase.withLock { $0.engine = engine }
    let heartbeat = DeadlineTimer.shared.register(heart(of: engine))
    defer { heartbeat.cancel() }
    do {
      try await engine.start()
    } catch {
      await engine.close()
      end(error is ActorSystemError ? .configuration : .cannotConnect)
      throw error
    }
    phase.withLock { $0.isStarted = true }
    await order.given.wait()
    phase.withLock { $0.isDraining = true }
    let isDrained = await engine.drain()
    await engine.close()
    let wish = order.exit ?? .drained
    end(isDrained || wish == .stuck ? wish : .drainDeadline)
  }

  private func end(_ exit: WorkerExit) {
    let engine = phase.withLock { phase in
      phase.exit = exit
      phase.isStopped = true
      defer { phase.engine = nil }
      return phase.engine
    }
    engine?.stateFile?.markStopped()
    // Whoever waits for the order waits no longer.
    order.given.open()
    let level: Logger.Level = exit == .drained ? .info : .error
    logger.log(level: level, "worker ended: \(exit)", metadata: ["exit.code": "\(exit.rawValue)"])
  }

  private func heart(of engine: WorkerEngine) -> WorkerHeartbeat {
    WorkerHeartbeat(
      stateFile: engine.stateFile, connectTimeout: configuration.connectTimeout, maxRSS: configuration.maxRSS,
      pulse: WorkerHeartbeat.Pulse(
        status: { [weak self] in self?.status ?? (.stopped, "") },
        counters: { engine.figures },
        onBeat: { engine.beat($0) },
        onConnectTimeout: { [order, logger] in
          logger.critical("the broker was not reached within the connect timeout")
          order.give(.cannotConnect)
        },
        onTooLarge: { [order, logger] bytes in
          logger.notice("resident memory is above its limit: the worker drains", metadata: ["bytes": "\(bytes)"])
          order.give(.drained)
        }))
  }

  /// What the worker is doing, and why.
  package var status: (state: WorkerState, reason: String) {
    let phase = phase.withLock { $0 }
    if phase.isStopped { return (.stopped, "") }
    if phase.isDraining || order.given.isOpen { return (.draining, "") }
    guard let engine = phase.engine else { return (.starting, "") }
    return engine.status
  }

  /// How long ago the last sign of life was; nil before the first.
  package var heartbeatAge: Duration? { phase.withLock { $0.engine }?.heartbeatAge }

  /// The figures since the start.
  package var figures: WorkerSnapshot.Counters {
    phase.withLock { $0.engine }?.figures ?? WorkerSnapshot.Counters()
  }

  /// What the process publishes of itself now.
  package var processFigures: ProcessFigures {
    phase.withLock { $0.engine }?.processFigures ?? ProcessFigures()
  }

  /// Notes, before a forced end of the process, that what runs now was not killed by a crash.
  package func markForced() { phase.withLock { $0.engine }?.stateFile?.markStopped() }
}
