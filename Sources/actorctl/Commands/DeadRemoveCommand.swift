import Actors
import ArgumentParser

/// `actorctl dead rm`: removes dead letters for good.
struct DeadRemoveCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove dead letters for good.",
    discussion: """
      Examples:
        actorctl dead rm graph 7c1d
        actorctl dead rm graph --filter 'actor:old.* age:>3d' --yes
      """)

  @OptionGroup var chosen: DeadLetterArguments
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Broker options") var broker: BrokerOptions

  func run(_ console: Console) async throws {
    let selection = try chosen.selection()
    let access = try BrokerAccess(broker, console: console)
    let result = try await access.withAdministration { administration in
      try await DeadLetterAction(
        selection: selection, lease: DeadLetterLease(administration: administration, queue: chosen.queue),
        confirm: { [chosen] count, _ in
          try console.confirm(
            "Remove \(Figures.plural(count, "message")) from \(QueueName.deadLetter(chosen.queue)) for good?",
            isAgreed: chosen.yes)
        },
        act: { letters in letters.map { _ in nil } }
      ).run()
    }
    try DeadLetterResult(verb: "removed", note: nil, result).show(output.output, console)
  }
}
