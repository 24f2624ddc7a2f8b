import Actors
import ArgumentParser
import PackageIndex

/// The driver of the demo: sends one message a stanza, watches the journals of the workers, kills one of them half-way,
/// and compares what the workers found with counts taken from the index by another program.
@main
struct PackageGraph: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send a package index to the workers of PackageGraph and check what they find.",
    discussion: """
      The workers must be running (actorctl worker PackageGraphWorker), with the same AMQP_URL and with \
      PACKAGE_JOURNALS naming the folder of --journals.
      Exit codes: 0 everything was found, 1 something is missing or differs, 66 the index cannot be read.
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

  @Flag(help: "Kill one worker with SIGKILL when half of the packages are done.")
  var killOne = false

  func run() async throws {
    let control = try IndexCounts(contentsOf: control)
    var watch = Watch(
      tail: JournalTail(folder: journals), progress: Progress(total: control.packages),
      killOne: killOne, stallTimeout: .seconds(stallTimeout))
    let (index, packages) = (index, packages)
    async let sending = Sending.send(index: index, limit: packages)
    try await watch.untilDone()
    let sent = try await sending
    try await watch.untilRestarted()
    try await MessageSender.current().close()

    let report = Report(control: control, sent: sent, tally: watch.tally, watch: watch)
    print(report.text)
    if !report.isGood { throw ExitCode(1) }
  }
}
