import ArgumentParser

/// How a command writes its data.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// For people.
  case table
  /// For programs: one JSON object.
  case json
}

/// The flag of every command that prints data.
struct OutputOptions: ParsableArguments {
  @Option(name: [.short, .long], help: "table or json.")
  var output = OutputFormat.table
}
