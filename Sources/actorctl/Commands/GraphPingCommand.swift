import ArgumentParser
import BoltDriver

/// `actorctl graph ping`: does the graph answer?
struct GraphPingCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "ping", abstract: "Connect to the graph, log in, and run RETURN 1.",
    discussion: """
      The graph is named by BOLT_URL, BOLT_USER, BOLT_PASSWORD (or BOLT_PASSWORD_FILE) and BOLT_DATABASE, or by \
      the flags.

      Exit codes: 0 it answered, 66 no such database, 69 not reached, 75 no answer in time, 77 login refused, \
      78 configuration (also a certificate that is not believed).

      Examples:
        actorctl graph ping
        actorctl graph ping --bolt-url bolt+s://graph.example:7687 --timeout 5s
      """)

  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Graph options") var graph: GraphOptions

  func run(_ console: Console) async throws {
    let report = try await GraphSession.run(graph, console) { driver in
      let clock = ContinuousClock()
      let start = clock.now
      let server = try await driver.verifyConnectivity()
      let connected = clock.now
      try await driver.executeQuery("RETURN 1", accessMode: .read)
      return PingReport(
        url: "\(driver.configuration.uri)", server: server.agent, protocol: "\(server.protocolVersion)",
        database: driver.configuration.database, connectMilliseconds: Self.milliseconds(connected - start),
        queryMilliseconds: Self.milliseconds(clock.now - connected))
    }
    switch output.output {
    case .table: console.print(report.line)
    case .json: console.print(try report.line())
    }
  }

  private static func milliseconds(_ duration: Duration) -> Double {
    (duration / .microseconds(1)).rounded() / 1000
  }
}
