import Actors
import ArgumentParser

/// `actorctl dead requeue`: puts dead letters back into their queue.
struct DeadRequeueCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "requeue", abstract: "Put dead letters back into the queue they came from.",
    discussion: """
      Each is published and confirmed first, then removed from the dead-letter queue. The body goes back as it \
      is, byte for byte; with --reset-retries without its retries, so that it may fail as often as a new one.

      Examples:
        actorctl dead requeue graph 7c1d
        actorctl dead requeue graph --filter 'error:~timeout' --reset-retries
        actorctl dead requeue graph --all --yes
      """)

  @OptionGroup var chosen: DeadLetterArguments
  @Flag(help: "Drop the retries so far, the traceback and what is known of the death.")
  var resetRetries = false
  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Broker options") var broker: BrokerOptions

  func run(_ console: Console) async throws {
    let selection = try chosen.selection()
    let access = try BrokerAccess(broker, console: console)
    let requeue = Requeue(resetsRetries: resetRetries)
    let result = try await access.withAdministration { administration in
      try await access.withBroker { broker in
        try await DeadLetterAction(
          selection: selection, lease: DeadLetterLease(administration: administration, queue: chosen.queue),
          confirm: { [chosen] count, letters in
            Self.warnOfUnreadable(letters, console)
            try console.confirm(
              "Requeue \(Figures.plural(count, "message")) from \(QueueName.deadLetter(chosen.queue))?",
              isAgreed: chosen.yes)
          },
          act: { letters in
            if case .all = selection { Self.warnOfUnreadable(letters, console) }
            return try await DeadLetterReturn(requeue: requeue, administration: administration, broker: broker)
              .publish(letters)
          }
        ).run()
      }
    }
    try DeadLetterResult(verb: "requeued", note: "published, confirmed, then removed", result)
      .show(output.output, console)
  }

  private static func warnOfUnreadable(_ letters: [LeasedLetter], _ console: Console) {
    let count = letters.filter { $0.message == nil }.count
    guard count > 0 else { return }
    console.warn(
      "\(Figures.plural(count, "message")) cannot be decoded, and will most likely come back here")
  }
}
