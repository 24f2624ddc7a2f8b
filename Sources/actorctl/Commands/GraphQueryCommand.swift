import ArgumentParser
import BoltDriver

/// `actorctl graph query`: one query, by hand.
struct GraphQueryCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Run one query and print its records.",
    discussion: """
      The query runs in a transaction of its own, once. Values belong into parameters, which the query names with a $.

      Exit codes: 0 done, 65 the query or a parameter is wrong, 66 no such database, 69 not reached, \
      75 no answer in time or a conflict (try again), 77 login or query refused, 78 configuration.

      Examples:
        actorctl graph query 'MATCH (p:Package {name: $name}) RETURN p' --param name='"openssl"'
        actorctl graph query --read 'MATCH (n) RETURN labels(n) AS labels, count(*) AS nodes' -o json
      """)

  @Argument(help: "The query.")
  var query: String

  @Option(
    name: .customLong("param"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A parameter.", valueName: "name=json"))
  var parameters: [String] = []

  @Flag(help: "Say that the query only reads.")
  var read = false

  @Option(help: "How many records to print at most.")
  var limit = 1_000

  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Graph options") var graph: GraphOptions

  func validate() throws {
    if !(1...1_000_000).contains(limit) { throw ValidationError("--limit is \(limit); it must be in 1...1000000") }
  }

  func run(_ console: Console) async throws {
    let query = Query(query, parameters: try QueryParameters.parse(parameters))
    let report = try await GraphSession.run(graph, console) { [read, limit] driver in
      try await Self.answer(to: query, read: read, limit: limit, from: driver)
    }
    switch output.output {
    case .table:
      if !report.columns.isEmpty { console.write(report.table.rendered(width: console.outputWidth)) }
      console.note(report.note)
    case .json: console.print(try report.line())
    }
  }

  /// Reads no more records than are shown: what the server has left is never asked for.
  private static func answer(
    to query: Query, read: Bool, limit: Int, from driver: Driver
  ) async throws -> QueryReport {
    let configuration = SessionConfiguration(accessMode: read ? .read : .write, fetchSize: min(limit + 1, 1_000))
    return try await driver.withSession(configuration) { session in
      let result = try await session.run(query)
      var records: [[BoltValue]] = []
      for try await record in result {
        if records.count == limit {
          return QueryReport(columns: result.keys, records: records, hasMore: true, counters: nil)
        }
        records.append(record.values)
      }
      let counters = try await result.consume().counters
      return QueryReport(columns: result.keys, records: records, hasMore: false, counters: counters)
    }
  }
}
