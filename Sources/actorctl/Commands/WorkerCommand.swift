import Actors
import ArgumentParser
import Glibc
import Logging

/// `actorctl worker`: runs and watches worker processes.
struct WorkerCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Build a worker application and keep a fleet of its processes running.",
    discussion: """
      A process that dies is started again with a growing pause; a message that was running in three crashes goes \
      to the dead-letter queue and its neighbours run on. SIGTERM and SIGINT drain the fleet, a second one ends \
      it at once, SIGHUP builds anew and replaces the processes one by one.

      Exit codes: 0 drained, 1 forced, 4 pid file, 64 usage, 66 no such executable, 69 broker not reached within \
      --connect-timeout, 70 a message was stuck, 75 drain deadline passed, 78 configuration.

      Examples:
        actorctl worker Catalogue --processes 2 --concurrency 32
        actorctl worker ./Catalogue --queues graph,default --health :9192
      """)

  @Argument(help: "A product of the package in this folder, or the path of an executable (with a /).")
  var product: String

  @Option(name: [.short, .long], help: "How many processes (default: the number of cores).")
  var processes: Int?

  @Option(help: ArgumentHelp("File for the supervisor's process id.", valueName: "path"))
  var pidFile: String?

  @Flag(help: "Take the product as it was built last.")
  var noBuild = false

  @Option(help: "Build configuration: debug or release.")
  var configuration = BuildConfiguration.release

  @OptionGroup(title: "Worker options") var worker: WorkerOptions
  @OptionGroup(title: "Broker options") var broker: BrokerOptions

  /// How a product is built.
  enum BuildConfiguration: String, ExpressibleByArgument, CaseIterable {
    case debug, release
  }

  func validate() throws {
    if let processes, !(1...512).contains(processes) {
      throw ValidationError("--processes is \(processes); it must be in 1...512")
    }
  }

  func run(_ console: Console) async throws {
    broker.warn(console)
    let logger = makeLogger()
    let target = try await WorkerTarget.resolve(
      product, configuration: configuration.rawValue, builds: !noBuild, folder: console.workingDirectory)
    let directory = try stateDirectory(for: target, console)
    let pid = try pidFile.map { (path) throws(CommandFailure) in try PidFile(at: path) }
    let code: Int32
    do { code = try await supervise(target, in: directory, logger) } catch {
      pid?.remove()
      throw error
    }
    pid?.remove()
    if code != 0 { throw ExitCode(code) }
  }

  private func supervise(_ target: WorkerTarget, in directory: StateDirectory, _ logger: Logger) async throws -> Int32 {
    let states = WorkerStates(directory: directory.path)
    let health = FleetHealth(states: states)
    let server = worker.health.map { HealthServer(address: $0, logger: logger) { health.pages.response(to: $0) } }
    do { try await server?.start() } catch { throw CommandFailure(.configuration, "\(error)") }
    let launcher = WorkerLauncher(
      executable: target.executable, arguments: workerArguments(stateDirectory: directory.path),
      environment: broker.environmentChanges, lifeline: try Lifeline())
    let supervisor = Supervisor(
      settings: FleetSettings(processes: processes ?? Self.coreCount, drainTimeout: worker.drainTimeout),
      launcher: launcher, states: states, health: health, build: target.package.map(Self.rebuild), logger: logger)
    let code = await supervisor.run()
    await server?.stop()
    return code
  }

  /// The command line of every worker process, without its slot.
  func workerArguments(stateDirectory: String) -> [String] {
    var arguments = [
      "worker", "--supervised", "--state-dir", stateDirectory, "--concurrency", "\(worker.concurrency)",
      "--drain-timeout", "\(worker.drainTimeout.milliseconds)ms", "--log-level", worker.logLevel.rawValue,
    ]
    func add(_ name: String, _ value: String?) { if let value { arguments += [name, value] } }
    add("--threads", worker.threads.map(String.init))
    add("--queues", worker.queues?.joined(separator: ","))
    add("--prefetch", worker.prefetch.map(String.init))
    add("--max-tasks", worker.maxTasks.map(String.init))
    add("--max-rss", worker.maxRSS.map(String.init))
    add("--connect-timeout", worker.connectTimeout.map { "\($0.milliseconds)ms" })
    return arguments
  }

  private func stateDirectory(for target: WorkerTarget, _ console: Console) throws(CommandFailure) -> StateDirectory {
    if let path = worker.stateDir { return try StateDirectory.claim(path) }
    return try StateDirectory.claimDefault(
      for: target.executable, workingDirectory: console.workingDirectory, environment: console.environment)
  }

  private func makeLogger() -> Logger {
    var logger = Logger(label: "actorctl.worker")
    logger.logLevel = worker.logLevel
    return logger
  }

  private static func rebuild(_ package: SwiftPackageBuild) -> @Sendable () async -> String? {
    {
      do { try await package.build() } catch { return "\(error)" }
      return nil
    }
  }

  private static var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
