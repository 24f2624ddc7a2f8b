public import ArgumentParser
public import Logging

/// The flags of a worker's command line, shared by every worker application and by `actorctl worker`.
public struct WorkerOptions: ParsableArguments {
  /// How many messages may run at once in one process.
  @Option(name: [.short, .long], help: "How many messages may run at once in one process.")
  public var concurrency = 128

  /// How many threads run actors in one process.
  @Option(name: [.short, .long], help: "Threads that run actors (default: the larger of 8 and the number of cores).")
  public var threads: Int?

  /// The queues to consume.
  @Option(
    name: [.customShort("Q"), .long], help: "Queues to consume, a,b (default: those of the registered actors).",
    transform: WorkerOptions.queueList)
  public var queues: [String]?

  /// How many unsettled deliveries each queue may have in one process.
  @Option(
    help: "Unsettled deliveries a queue may have in one process (default: twice the concurrency, more for quick ones).")
  public var prefetch: Int?

  /// How long running messages may go on once the worker is asked to stop.
  @Option(
    help: ArgumentHelp("How long running messages may go on after SIGTERM: 25s, 5m, 1h.", valueName: "duration"),
    transform: WorkerOptions.duration)
  public var drainTimeout = Duration.seconds(25)

  /// After how many messages the process is started afresh.
  @Option(help: "Start the process afresh after so many messages.")
  public var maxTasks: Int?

  /// Above how much resident memory the process is started afresh.
  @Option(
    help: ArgumentHelp("Start the process afresh above this much resident memory: 512M, 2G.", valueName: "size"),
    transform: WorkerOptions.size)
  public var maxRSS: Int?

  /// Where `/healthz`, `/readyz` and `/metrics` are served.
  @Option(help: ArgumentHelp("Serve /healthz, /readyz and /metrics at this address.", valueName: "host:port"))
  public var health: String?

  /// The folder of the state file and the crash ledger.
  @Option(help: ArgumentHelp("Folder of the state file and the crash ledger.", valueName: "folder"))
  public var stateDir: String?

  /// The number of the process among its siblings.
  @Option(help: ArgumentHelp("Number of the process among its siblings.", visibility: .hidden))
  public var slot = 0

  /// Set by `actorctl worker`: the end of standard input means that the supervisor has died, and stops the worker.
  @Flag(help: ArgumentHelp("Stop when standard input ends: the supervisor has died.", visibility: .hidden))
  public var supervised = false

  /// How long the first connection may take.
  @Option(
    help: ArgumentHelp("Give up (exit code 69) when the broker is not reached by then.", valueName: "duration"),
    transform: WorkerOptions.duration)
  public var connectTimeout: Duration?

  /// The least severe log level that is written.
  @Option(
    help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"),
    transform: WorkerOptions.logLevel)
  public var logLevel = Logger.Level.info

  /// The defaults.
  public init() {}

  /// Checks the numbers while the command line is parsed, so that a mistake is a usage error.
  public func validate() throws {
    do { try configuration.validate() } catch { throw ValidationError("\(error)") }
  }

  /// The worker's configuration that these flags describe.
  public var configuration: WorkerConfiguration {
    WorkerConfiguration(
      concurrency: concurrency, threads: threads, queues: queues, prefetch: prefetch, drainTimeout: drainTimeout,
      maxTasks: maxTasks, maxRSS: maxRSS, stateDirectory: stateDir, slot: slot, isSupervised: supervised,
      connectTimeout: connectTimeout)
  }

  @Sendable private static func queueList(_ text: String) throws -> [String] {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    for name in names {
      do { try QueueName.validate(name) } catch { throw ValidationError("\(error)") }
    }
    return names
  }

  @Sendable private static func duration(_ text: String) throws -> Duration {
    guard let duration = DurationText.parse(text) else {
      throw ValidationError("\(text.debugDescription) is no duration; write 25s, 500ms, 5m or 1h30m")
    }
    return duration
  }

  @Sendable private static func size(_ text: String) throws -> Int {
    guard let size = ByteSizeText.parse(text) else {
      throw ValidationError("\(text.debugDescription) is no size; write 512M, 2G or a number of bytes")
    }
    return size
  }

  @Sendable private static func logLevel(_ text: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: text.lowercased()) else {
      let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("\(text.debugDescription) is no log level; write one of \(levels)")
    }
    return level
  }
}
