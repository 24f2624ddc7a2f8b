import Actors
import ArgumentParser
import Glibc
import Logging

/// The command line of Troupe.
@main
struct Actorctl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "actorctl",
    abstract: "Run workers, send messages, look after queues, dead letters and the graph.",
    discussion: """
      The broker is named by --broker-url-file, AMQP_URL or AMQP_URL_FILE; else it is amqp://127.0.0.1:5672. The \
      graph is named by BOLT_URL, BOLT_USER, BOLT_PASSWORD (or BOLT_PASSWORD_FILE) and BOLT_DATABASE.

      Examples:
        actorctl worker Catalogue --processes 2
        actorctl send IndexPackage --kwarg name='"openssl"' --queue graph
        actorctl queues ls default graph
        actorctl dead ls default --filter 'reason:max_retries error:~timeout'
        actorctl dead requeue default --all --reset-retries
        actorctl graph pool --watch
      """,
    version: Version.text,
    subcommands: [WorkerCommand.self, SendCommand.self, QueuesCommand.self, DeadCommand.self, GraphCommand.self])

  static func main() async {
    // A reader that goes away is an error of one write, not the end of a supervisor.
    signal(SIGPIPE, SIG_IGN)
    let arguments = Array(CommandLine.arguments.dropFirst())
    CommandLineSecrets.hide()
    LogOutput.bootstrap()
    do {
      var command = try await parse(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as CommandFailure {
      Console.standard().fail(failure.message)
      Glibc.exit(failure.code.rawValue)
    } catch {
      exit(withError: error)
    }
  }

  private static func parse(_ arguments: [String]) async throws -> any ParsableCommand { try parseAsRoot(arguments) }
}
