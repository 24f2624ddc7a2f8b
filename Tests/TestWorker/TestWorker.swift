import Actors
import FoundationEssentials
import Glibc
import Middleware

/// The worker application of the process tests. The environment says what it consumes and where it writes:
/// `TEST_QUEUE`, `TEST_JOURNAL` (one JSON line a run), `TEST_CRASHES` (a folder that counts the deliveries of crashing
/// messages), `TEST_GRACE_MS` and `TEST_HARD_MS` (the time limit's grace and hard limit), `TEST_GRAPH` (`lazy` or
/// `eager`: whether there is a graph), `TEST_LABEL` (of the nodes that `merge` makes).
@main
struct TestWorker: WorkerApplication {
  static func configure(_ system: inout ActorSystem) throws {
    var configuration = try RabbitMQConfiguration(environment: ProcessInfo.processInfo.environment)
    // What a broker confirms late, on a busy machine, would be published twice.
    configuration.requestTimeout = .seconds(60)
    configuration.confirmTimeout = .seconds(60)
    system.broker = .rabbitMQ(configuration)
    let grace = Duration.milliseconds(Environment.number("TEST_GRACE_MS") ?? 5_000)
    let hardLimit = Duration.milliseconds(Environment.number("TEST_HARD_MS") ?? 30_000)
    system.middleware = [
      AgeLimit(), TimeLimit(grace: grace, hardLimit: hardLimit), ShutdownNotifications(), Callbacks(), Pipelines(),
      Retries(minBackoff: .milliseconds(100), maxBackoff: .milliseconds(400)),
    ]
    if let start = Environment.text("TEST_GRAPH") { system.middleware.append(GraphDriver(lazy: start == "lazy")) }
    let queue = Environment.text("TEST_QUEUE") ?? "test-worker"
    let actors: [(String, @Sendable (Int) async throws -> Void)] = [
      ("noop", { _ in }),
      ("sleep", { try await Task.sleep(for: .milliseconds($0)) }),
      ("block", { Work.block(milliseconds: $0) }),
      ("spin", { Work.spin(milliseconds: $0) }),
      ("fail", { try Work.fail(times: $0) }),
      ("trap", { try Work.crash(times: $0, by: Work.trap) }),
      ("segfault", { try Work.crash(times: $0, by: Work.segfault) }),
      ("merge", { try await Work.merge(key: $0) }),
      ("overflow", { try Work.crash(times: $0, by: Work.overflowStack) }),
    ]
    system.actor("size", queue: queue) { (_: String) in try await RunJournal.around {} }
    for (name, work) in actors {
      system.actor(name, queue: queue) { (argument: Int) in
        try await RunJournal.around { try await work(argument) }
      }
    }
  }
}
