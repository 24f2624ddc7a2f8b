import Actors
import ArgumentParser
import PackageIndex

/// The driver of the demo: sends a package index to the workers, who write it into a graph, kills one of them half-way,
/// and compares what is in the graph in the end with counts taken from the index by another program.
@main
struct PackageGraph: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send a package index to the workers of PackageGraph and check the graph that they write.",
    discussion: """
      The workers must be running (actorctl worker PackageGraphWorker), with the same AMQP_URL and BOLT_URL \
      (BOLT_USER, BOLT_PASSWORD, BOLT_DATABASE), and with PACKAGE_JOURNALS naming the folder of --journals.
      Exit codes: 0 the graph holds what the index does, 1 something is missing or differs.
      """)

  @Option(help: "The package index: a file with the output of apt-cache dumpavail.")
  var index: String

  @Option(help: "The folder of the workers' journals.")
  var journals: String

  @Option(help: "A file with the control counts, as count_index.py prints them.")
  var control: String

  @Option(help: "Send only so many stanzas.")
  var packages = Int.max

  @Option(help: "Give up after so many seconds without any progress.")
  var stallTimeout = 60

  @Option(help: ArgumentHelp("Kill one worker with SIGKILL when so much is done.", valueName: "percent"))
  var killAt: Int?

  @Flag(help: "The graph is there already: nothing may be new.")
  var unchanged = false

  func run() async throws {
    let control = try GraphCounts(contentsOf: control)
    let graph = try PackageGraphStore()
    try await graph.prepare()
    let watch = Watch(
      tail: JournalTail(folder: journals), progress: Progress(total: control.total), killAt: killAt,
      stallTimeout: .seconds(stallTimeout))
    var load = Load(index: index, limit: packages, watch: watch)
    try await load.run()
    try await load.watch.finish()
    try await MessageSender.current().close()

    let report = Report(control: control, graph: try await graph.counts(), load: load)
    print(report.text)
    try await show(graph)
    await graph.close()
    if !report.isGood { throw ExitCode(1) }
    if unchanged && load.watch.tally.made > 0 {
      print("the graph was not complete before: \(grouped(load.watch.tally.made)) nodes and relations are new")
      throw ExitCode(1)
    }
  }

  private func show(_ graph: PackageGraphStore) async throws {
    let packages = try await graph.mostDependedOn().map { "\($0.name) \(grouped($0.packages))" }
    print("most depended on: \(packages.joined(separator: ", "))")
    let needs = try await graph.needs(of: "libc6")
    print("libc6 needs: \(needs.isEmpty ? "nothing that these packages tell" : needs.joined(separator: ", "))")
  }
}
