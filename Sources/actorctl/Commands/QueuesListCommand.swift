import Actors
import ArgumentParser

/// `actorctl queues ls`: how many messages wait, are delayed, are dead.
struct QueuesListCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "Show how many messages queues hold.",
    discussion: """
      AMQP has no list of queues: name them, or name the worker application that uses them. READY counts the \
      messages that wait, not those that workers hold; DELAYED those in the delay queue (.DQ) of dramatiq peers; \
      DEAD those in .XQ.

      Examples:
        actorctl queues ls default graph
        actorctl queues ls --worker Catalogue
      """)

  @Argument(help: "The queues.", transform: QueueArgument.canonical)
  var queues: [String] = []

  @Option(help: ArgumentHelp("Take the queues of this worker application.", valueName: "product|path"))
  var worker: String?

  @Option(help: "Build configuration of the worker application: debug or release.")
  var configuration = WorkerCommand.BuildConfiguration.release

  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Broker options") var broker: BrokerOptions

  func validate() throws {
    if queues.isEmpty && worker == nil {
      throw ValidationError("name the queues, or the worker application that uses them (--worker)")
    }
  }

  func run(_ console: Console) async throws {
    var names = queues
    if let worker {
      let target = try await WorkerTarget.resolve(
        worker, configuration: configuration.rawValue, builds: true, folder: console.workingDirectory)
      names += try await WorkerDescription.read(from: target.executable).queueNames.filter { !names.contains($0) }
    }
    let access = try BrokerAccess(broker, console: console)
    let rows = try await access.withAdministration { administration in
      var rows: [QueueListing.Row] = []
      for name in names { rows.append(.init(name: name, counts: try await administration.counts(of: name))) }
      return rows
    }
    try show(QueueListing(rows: rows), console)
  }

  private func show(_ listing: QueueListing, _ console: Console) throws {
    switch output.output {
    case .table: console.write(listing.table.rendered(width: console.outputWidth))
    case .json: console.print(try listing.line())
    }
    let missing = listing.rows.filter { $0.counts == nil }.map(\.name)
    guard !missing.isEmpty else { return }
    let text = "not declared at this broker: \(missing.joined(separator: ", "))"
    // A queue that was asked for by name is missed; one that no worker has declared yet is not.
    if missing.contains(where: queues.contains) { throw CommandFailure(.notFound, text) }
    console.note(text)
  }
}
