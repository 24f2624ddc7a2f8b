import ArgumentParser
import Glibc

/// A command that a worker application runs by itself, asynchronously.
protocol ApplicationSubcommand {
  /// Does the work and may end the process.
  mutating func perform() async
}

/// The command line of a worker application.
struct ApplicationCommand<Application: WorkerApplication>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: CommandLine.arguments.first.map { String($0.split(separator: "/").last ?? "worker") },
      abstract: "Runs the actors of \(Application.self).",
      subcommands: [RunCommand<Application>.self, DescribeCommand<Application>.self],
      defaultSubcommand: RunCommand<Application>.self)
  }
}

/// `worker`: consumes and runs messages until it is told to stop.
struct RunCommand<Application: WorkerApplication>: ParsableCommand, ApplicationSubcommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "worker", abstract: "Run messages until SIGTERM or SIGINT; a second signal ends at once.",
      discussion: """
        The broker is the one at AMQP_URL (or the URL in the file AMQP_URL_FILE) unless the program names another.

        Exit codes: 0 drained, 1 forced by a second signal, 64 usage, 69 broker not reached within --connect-timeout,
        70 a message past its hard limit, 75 drain deadline passed, 78 configuration.
        """)
  }

  @OptionGroup var options: WorkerOptions

  mutating func perform() async {
    let exit = await WorkerProcess(options).run(Application.self)
    fflush(nil)
    // Threads that do not end may be anywhere, also in the middle of what exit handlers tear down.
    if exit == .drained { Glibc.exit(exit.rawValue) } else { _exit(exit.rawValue) }
  }
}

/// `describe`: says what the program consists of, without a broker.
struct DescribeCommand<Application: WorkerApplication>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(commandName: "describe", abstract: "Say which actors and queues there are.")
  }

  @Flag(help: "As JSON (schema troupe.describe/1).") var json = false

  mutating func run() throws {
    var system = ActorSystem()
    do {
      try Application.configure(&system)
      try system.validate()
    } catch {
      WorkerProcess.complain("configuration: \(error)")
      throw ExitCode(WorkerExit.configuration.rawValue)
    }
    let description = SystemDescription(system)
    FileOutput.write(Array("\(json ? description.json : description.table)\n".utf8), to: STDOUT_FILENO)
  }
}
