import Actors
import Glibc
import TestSupport

/// The test worker in processes of its own, alone or under `actorctl worker`.
struct WorkerProcess {
  /// Where the runs are written.
  let journal: Journal
  /// The queue it consumes.
  let queue: String
  /// A fresh folder for state files, crash counts and the like.
  let folder: String
  private let url: String

  /// Prepares; nothing is started.
  init(queue: String, url: String) throws {
    self.queue = queue
    self.url = url
    folder = try ProjectLayout.temporaryFolder("worker")
    journal = Journal("\(folder)/journal.jsonl")
  }

  private func environment(_ more: [String: String], heartbeat: Int = 30) -> [String: String?] {
    var environment: [String: String?] = [
      "AMQP_URL": "\(url)?heartbeat=\(heartbeat)", "TEST_QUEUE": queue, "TEST_JOURNAL": journal.path,
      "TEST_CRASHES": folder, "SWIFT_BACKTRACE": "enable=no", "AMQP_URL_FILE": nil,
    ]
    for (name, value) in more { environment[name] = value }
    return environment
  }

  /// Starts it alone.
  ///
  /// - Parameter heartbeat: In seconds; short ones end good connections on a busy machine.
  func start(
    _ arguments: [String] = [], environment more: [String: String] = [:], heartbeat: Int = 30
  ) throws -> LaunchedProcess {
    try LaunchedProcess(
      ProjectLayout.product("TestWorker"), ["worker"] + arguments,
      environment: environment(more, heartbeat: heartbeat))
  }

  /// Starts it, or an executable that stands for it, under the supervisor.
  func supervise(
    _ arguments: [String], executable: String = ProjectLayout.product("TestWorker"),
    environment more: [String: String] = [:]
  ) throws -> LaunchedProcess {
    try LaunchedProcess(
      ProjectLayout.product("actorctl"), ["worker", executable, "--state-dir", "\(folder)/state"] + arguments,
      environment: environment(more))
  }

  /// How many messages run in the worker started with ``stateful``: delivered is not yet running.
  var running: Int {
    WorkerStateFile.read(path: WorkerStateFile.path(in: "\(folder)/alone", slot: 0))?.running.count ?? 0
  }

  /// How many workers of the fleet have begun to consume.
  var consumers: Int {
    (0..<16).count { slot in
      WorkerStateFile.read(path: WorkerStateFile.path(in: "\(folder)/state", slot: slot))?.state == .consuming
    }
  }

  /// How often one of the messages that crash has begun to run.
  func runs(ofCrashing id: String) -> Int {
    (1...).prefix { access("\(folder)/\(id).\($0)", F_OK) == 0 }.count
  }

  /// The arguments that make a worker started alone keep a state file.
  var stateful: [String] { ["--state-dir", "\(folder)/alone"] }

  /// Publishes messages to one actor, all with the same argument.
  ///
  /// - Returns: Their ids.
  @discardableResult
  func send(
    _ actor: String, _ argument: Int, times: Int = 1, options: String = "{}", with client: RawClient
  ) async throws -> [String] {
    let messages = (0..<times).map { _ in
      WireMessage(queue: queue, actor: actor, args: "[\(argument)]", options: options)
    }
    try await client.publish(texts: messages.map(\.text), to: queue)
    return messages.map(\.id)
  }
}

/// Three queues on the shared broker, a worker process to be started on them, and the end of all its processes.
func withWorkerProcess<Value>(
  _ stem: String, _ body: (WorkerProcess, RawClient) async throws -> Value
) async throws -> Value {
  try await withQueue(stem) { queue, client in
    try await client.declareLikeDramatiq(queue)
    return try await body(WorkerProcess(queue: queue, url: TestBroker.url()), client)
  }
}
