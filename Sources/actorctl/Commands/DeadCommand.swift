import ArgumentParser

/// `actorctl dead`: the dead letters.
struct DeadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead",
    abstract: "List dead letters, put them back, or remove them.",
    discussion: """
      A queue has no random access: messages are taken and held (at most 5,000 or 64 MiB), looked at, and \
      returned when the command ends. Meanwhile nobody else sees them, and their order in the queue may change.

      A filter is a list of terms that all must hold: actor:ingest.* reason:max_retries error:~timeout \
      queue:graph id:7c1d* age:>1d. A * stands for any text, ~ searches, quotes keep blanks together.
      """,
    subcommands: [DeadListCommand.self, DeadRequeueCommand.self, DeadRemoveCommand.self])
}
