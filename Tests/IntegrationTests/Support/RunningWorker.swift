import Actors
import Logging
import Middleware
import TestSupport

/// A worker in this process, drained at the end.
///
/// - Parameters:
///   - url: The broker's URL.
///   - configuration: How the worker runs.
///   - logs: Where its log lines go.
///   - change: Changes the broker's settings.
///   - state: What the worker is waited to do.
///   - configure: Registers actors; the standard middleware is in place.
///   - body: The test, begun when the worker does that: every queue has a consumer.
func withWorker<Value>(
  _ url: String, _ configuration: WorkerConfiguration = .test(), logs: LogCapture = LogCapture(),
  broker change: (inout RabbitMQConfiguration) -> Void = { _ in }, waitsFor state: WorkerState = .consuming,
  actors configure: (inout ActorSystem) throws -> Void, _ body: (Worker) async throws -> Value
) async throws -> Value {
  QuietLogs.install()
  var system = ActorSystem(middleware: .standard)
  system.broker = .rabbitMQ(try .test(url, change))
  try configure(&system)
  let worker = Worker(system: system, configuration: configuration, logger: logs.logger("troupe.worker"))
  let life = Task { try await worker.run() }
  do {
    try await eventually("the worker consumes") { worker.status.state == state }
    let value = try await body(worker)
    worker.stop()
    try await life.value
    return value
  } catch {
    life.cancel()
    _ = try? await life.value
    throw error
  }
}

extension WorkerConfiguration {
  /// A small worker.
  static func test(
    concurrency: Int = 8, prefetch: Int? = nil, drainTimeout: Duration = .seconds(60)
  ) -> WorkerConfiguration {
    WorkerConfiguration(concurrency: concurrency, threads: 4, prefetch: prefetch, drainTimeout: drainTimeout)
  }
}
