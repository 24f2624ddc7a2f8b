import Glibc
import Logging

/// A process whose whole purpose is one worker: logging, signals, the health port, the exit code.
struct WorkerProcess {
  private let options: WorkerOptions

  init(_ options: WorkerOptions) { self.options = options }

  /// Runs the worker of an application to its end.
  func run<Application: WorkerApplication>(_: Application.Type) async -> WorkerExit {
    Application.bootstrapLogging(level: options.logLevel)
    let logger = Logger(label: "troupe.worker")
    var system = ActorSystem()
    do {
      try Application.configure(&system)
    } catch {
      logger.critical("the configuration cannot be used: \(error)")
      return .configuration
    }
    let worker = Worker(system: system, configuration: options.configuration, logger: logger)
    watchSignals(worker, logger)
    let health: HealthServer?
    do { health = try await startHealth(worker, logger) } catch {
      logger.critical("the health port cannot be opened: \(error)")
      return .configuration
    }
    do {
      try await worker.run()
    } catch {
      logger.critical("the worker cannot run: \(error)")
    }
    await health?.stop()
    return worker.exit ?? .configuration
  }

  private func watchSignals(_ worker: Worker, _ logger: Logger) {
    let patience = DurationText.format(options.drainTimeout)
    StopSignals.watch(isSupervised: options.supervised) { cause in
      logger.info("stopping: running messages may go on for \(patience)", metadata: ["cause": "\(cause)"])
      worker.stop()
    } onSecond: {
      worker.markForced()
      logger.error("second signal: ending at once; running messages go back to their queues")
      _exit(WorkerExit.forced.rawValue)
    }
  }

  /// Under a supervisor the port is the fleet's.
  private func startHealth(_ worker: Worker, _ logger: Logger) async throws -> HealthServer? {
    guard let address = options.health, !options.supervised else { return nil }
    let slot = options.slot
    let server = HealthServer(address: address, logger: logger) { path in
      worker.healthPages(slot: slot).response(to: path)
    }
    try await server.start()
    return server
  }

  /// Writes a line to standard error.
  static func complain(_ text: String) {
    FileOutput.write(Array("\(Excerpt(text, limit: 4_096))\n".utf8), to: STDERR_FILENO)
  }
}
