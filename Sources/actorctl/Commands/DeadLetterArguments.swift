import ArgumentParser

/// What `dead requeue` and `dead rm` act on.
struct DeadLetterArguments: ParsableArguments {
  @Argument(help: "The queue.", transform: QueueArgument.canonical)
  var queue: String

  @Argument(help: "Message ids, or beginnings that only one message has.")
  var ids: [String] = []

  @Flag(help: "Every message.")
  var all = false

  @Option(help: ArgumentHelp("The messages that match; see `actorctl help dead`.", valueName: "terms"))
  var filter: String?

  @Flag(name: [.short, .long], help: "Do not ask.")
  var yes = false

  /// The choice.
  ///
  /// - Throws: ``CommandFailure`` (`usage`).
  func selection() throws(CommandFailure) -> DeadLetterSelection {
    try DeadLetterSelection(ids: ids, all: all, filter: filter)
  }
}
