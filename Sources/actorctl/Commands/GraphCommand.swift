import ArgumentParser

/// `actorctl graph`: the graph and the workers' connections to it.
struct GraphCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph", abstract: "Ask the graph, and look at the workers' connections to it.",
    subcommands: [GraphPingCommand.self, GraphPoolCommand.self, GraphQueryCommand.self])
}
