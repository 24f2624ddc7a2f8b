import ArgumentParser

/// `actorctl queues`: the queues.
struct QueuesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queues", abstract: "Look at queues.", subcommands: [QueuesListCommand.self])
}
