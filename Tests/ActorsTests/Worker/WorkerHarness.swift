import Actors
import TestSupport
import Testing

/// A worker that runs while a test looks at it.
struct WorkerHarness: Sendable {
  let worker: Worker
  let log = LogCapture()
  private let life: Task<Void, any Error>

  init(_ system: ActorSystem, _ configuration: WorkerConfiguration = WorkerConfiguration(concurrency: 8, threads: 4)) {
    let worker = Worker(system: system, configuration: configuration, logger: log.logger())
    self.worker = worker
    life = Task { try await worker.run() }
  }

  /// Stops the worker and waits for its end.
  @discardableResult
  func stop() async throws -> WorkerExit? {
    worker.stop()
    return try await end()
  }

  /// Waits for the worker's end.
  @discardableResult
  func end() async throws -> WorkerExit? {
    try await life.value
    return worker.exit
  }

  /// Cancels the worker as a failed service group would.
  func cancel() { life.cancel() }

  /// Runs a worker on `system` while `body` looks, and stops it whatever happens.
  @discardableResult
  static func run(
    _ system: ActorSystem, _ configuration: WorkerConfiguration = WorkerConfiguration(concurrency: 8, threads: 4),
    _ body: (WorkerHarness) async throws -> Void
  ) async throws -> WorkerExit? {
    let harness = WorkerHarness(system, configuration)
    do { try await body(harness) } catch {
      _ = try? await harness.stop()
      throw error
    }
    return try await harness.stop()
  }
}
