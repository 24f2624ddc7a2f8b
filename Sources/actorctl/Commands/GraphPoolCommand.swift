import ArgumentParser

/// `actorctl graph pool`: the connections of all worker processes in one table.
struct GraphPoolCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "pool", abstract: "Show the graph connections of every worker process.",
    discussion: """
      Without a flag: of every fleet of this user on this machine. The figures are at most a second old. P99 is the \
      time within which 99 of 100 messages had their connection. Exit codes: 0 done, 66 no process has a graph, \
      69 a health port cannot be reached.

      Examples:
        actorctl graph pool --watch
        actorctl graph pool --state-dir /var/lib/catalogue -o json
        actorctl graph pool --health 10.0.0.7:9192 --health 10.0.0.8:9192
      """)

  @Option(help: ArgumentHelp("A state folder of a fleet (or of a worker); may be repeated.", valueName: "folder"))
  var stateDir: [String] = []

  @Option(help: ArgumentHelp("A health port of a fleet (or of a worker); may be repeated.", valueName: "host:port"))
  var health: [String] = []

  @Flag(help: "Show it again and again, until Ctrl-C.")
  var watch = false

  @Option(
    help: ArgumentHelp("With --watch, the time between two looks.", valueName: "duration"),
    transform: GraphOptions.duration)
  var interval = Duration.seconds(1)

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if !stateDir.isEmpty && !health.isEmpty { throw ValidationError("--state-dir and --health exclude each other") }
  }

  func run(_ console: Console) async throws {
    let source: FleetGraphs.Source =
      !health.isEmpty ? .ports(health) : stateDir.isEmpty ? .everywhere : .folders(stateDir)
    let fleets = FleetGraphs(source: source, environment: console.environment)
    guard watch else {
      let listing = GraphPoolListing(processes: try fleets.read())
      guard !listing.processes.isEmpty else {
        throw CommandFailure(
          .notFound, "no worker process with a graph: is GraphDriver() in its middleware, and does it run here?")
      }
      return try show(listing, console)
    }
    while true {
      try showAgain(fleets, console)
      try await Task.sleep(for: interval)
    }
  }

  /// A fleet that is being restarted, or a port that does not answer now, is no reason to stop watching.
  private func showAgain(_ fleets: FleetGraphs, _ console: Console) throws {
    let listing: GraphPoolListing
    do { listing = GraphPoolListing(processes: try fleets.read()) } catch  where error.code == .unavailable {
      return console.fail(error.message)
    }
    if console.isOutputTerminal, output.output == .table { console.write("\u{1B}[H\u{1B}[2J") }
    try show(listing, console)
  }

  private func show(_ listing: GraphPoolListing, _ console: Console) throws {
    switch output.output {
    case .table:
      console.write(listing.table.rendered(width: console.outputWidth))
      for reason in listing.reasons { console.warn(Printable.escape(reason)) }
    case .json: console.print(try listing.line())
    }
  }
}
