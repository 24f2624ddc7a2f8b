import Actors
import ArgumentParser

/// `actorctl dead ls`: what is in a dead-letter queue.
struct DeadListCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List the dead letters of a queue.",
    discussion: """
      Examples:
        actorctl dead ls graph
        actorctl dead ls graph --filter 'reason:max_retries age:<1h' -o json
      """)

  @Argument(help: "The queue.", transform: QueueArgument.canonical)
  var queue: String

  @Option(help: "How many to show.")
  var limit = 50

  @Option(help: ArgumentHelp("Show those only; see `actorctl help dead`.", valueName: "terms"))
  var filter: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Broker options") var broker: BrokerOptions

  func validate() throws {
    if !(1...DeadLetterLease.countLimit).contains(limit) {
      throw ValidationError("--limit is \(limit); it must be in 1...\(DeadLetterLease.countLimit)")
    }
  }

  func run(_ console: Console) async throws {
    let filter = try self.filter.map { (text) throws(CommandFailure) in try DeadLetterFilter(text) }
    let access = try BrokerAccess(broker, console: console)
    try await access.withAdministration { administration in
      let lease = DeadLetterLease(administration: administration, queue: queue)
      let total = try await lease.counts().dead
      let started = ContinuousClock.now
      let letters = try await lease.take(filter == nil ? limit : DeadLetterLease.countLimit)
      let now = WallClock.now
      let matching = letters.filter { filter?.matches($0, now: now) ?? true }
      let listing = DeadListing(
        queue: queue, letters: Array(matching.prefix(limit)), examined: letters.count, matching: matching.count,
        total: max(total, letters.count), isFiltered: filter != nil)
      await administration.release()
      try show(listing, held: started.duration(to: .now), now: now, console)
    }
  }

  private func show(_ listing: DeadListing, held: Duration, now: Int64, _ console: Console) throws {
    switch output.output {
    case .json: console.print(try listing.report.line())
    case .table:
      if !listing.letters.isEmpty { console.write(listing.table(now: now).rendered(width: console.outputWidth)) }
      console.note("\(listing.summary)   (held for \(Figures.duration(held)), returned)")
    }
  }
}
