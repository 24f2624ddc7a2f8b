import Actors
import ArgumentParser
import Glibc

/// `actorctl send`: one message, or the lines of a file.
struct SendCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "send",
    abstract: "Send a message to an actor, or many from a file, and wait for the broker's confirms.",
    discussion: """
      With --json, each line is a JSON object: a whole message (missing fields are filled in), or the args and \
      kwargs of one for ACTOR. Exit codes: 0 all confirmed, 1 some not, 65 bad data (nothing of that line and \
      none after it is sent).

      Examples:
        actorctl send IndexPackage --kwarg name='"openssl"' --queue graph
        actorctl send greet --arg '"Ada"' --delay 5m
        echo '{"args":["Ada"]}' | actorctl send greet --json -
        actorctl send --json messages.jsonl
      """)

  @Argument(help: "The actor's name; with --json, that of the lines that name none.")
  var actor: String?

  @Option(
    name: .customLong("arg"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A positional argument, as JSON.", valueName: "json"))
  var arguments: [String] = []

  @Option(
    name: .customLong("kwarg"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A keyword argument.", valueName: "name=json"))
  var keywordArguments: [String] = []

  @Option(
    name: .customLong("option"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("An option for middleware.", valueName: "name=json"))
  var messageOptions: [String] = []

  @Option(
    name: .customLong("json"), help: ArgumentHelp("Send every line of a file; - is standard input.", valueName: "file"))
  var file: String?

  @Option(name: [.customShort("Q"), .long], help: "The queue.")
  var queue = "default"

  @Option(
    help: ArgumentHelp("When it becomes due, from now: 30s, 5m, 1h30m.", valueName: "duration"),
    transform: Self.duration)
  var delay: Duration?

  @OptionGroup var output: OutputOptions
  @OptionGroup(title: "Broker options") var broker: BrokerOptions

  func validate() throws {
    if file == nil, actor == nil { throw ValidationError("give the ACTOR to send to, or --json FILE") }
    if file != nil, !arguments.isEmpty || !keywordArguments.isEmpty {
      throw ValidationError("--json takes the arguments from the file: leave out --arg and --kwarg")
    }
    do { try QueueName.validate(queue) } catch { throw ValidationError("\(error)") }
  }

  func run(_ console: Console) async throws {
    let template = MessageTemplate(actor: actor, queue: queue, options: try MessageTemplate.options(messageOptions))
    if let file {
      try await sendFile(file, template, console)
    } else {
      // What is wrong with the arguments is said before anybody is connected to.
      let message = try template.message(arguments: arguments, keywordArguments: keywordArguments)
      try await send(message, console)
    }
  }

  // MARK: One message

  private func send(_ message: Message, _ console: Console) async throws {
    let access = try BrokerAccess(broker, console: console)
    let missing = try await KnownQueues(access, console: console).check([message.queueName])
    let (outcome, elapsed) = try await access.withBroker { broker in
      let sender = try Self.sender(broker, declaring: missing)
      let publication = try await sender.publication(for: OutgoingMessage(message: message, delay: delay))
      let start = ContinuousClock.now
      let outcome = await broker.publish([publication])[0]
      return (outcome, start.duration(to: .now))
    }
    guard outcome.isConfirmed else {
      if case .unknown = outcome { throw CommandFailure(.timeout, "message \(message.id): \(outcome.text)") }
      throw CommandFailure(.itemsFailed, "message \(message.id) was not sent: \(outcome.text)")
    }
    try report(message, elapsed, console)
  }

  private func report(_ message: Message, _ elapsed: Duration, _ console: Console) throws {
    switch output.output {
    case .table:
      let due = delay.map { "runs in \(Figures.duration($0))  " } ?? ""
      console.print(
        "sent  \(Printable.escape(message.id))  \(Printable.escape(message.actorName))  queue=\(message.queueName)  "
          + "\(due)confirmed in \(Figures.duration(elapsed))")
    case .json:
      console.print(
        try SendReport(
          id: message.id, actor: message.actorName, queue: message.queueName, delayMilliseconds: delay?.milliseconds,
          confirmedMilliseconds: Double(elapsed.nanoseconds) / 1e6
        ).line())
    }
  }

  // MARK: Many messages

  private func sendFile(_ path: String, _ template: MessageTemplate, _ console: Console) async throws {
    let (descriptor, size) = try open(path, console)
    defer { if path != "-" { close(descriptor) } }
    let access = try BrokerAccess(broker, console: console)
    let known = KnownQueues(access, console: console)
    try await known.check([template.queue], isQuiet: true)
    let report = try await access.withBroker { broker in
      let sender = try Self.sender(broker, declaring: [])
      let bulk = BulkSender(template: template, delay: delay) { outgoing in
        for queue in try await known.check([QueueName.canonical(outgoing.message.queueName)]) {
          broker.register(QueueDeclaration(queue))
        }
        return try await sender.publication(for: outgoing)
      } publish: {
        await broker.publish($0)
      }
      var bar = ProgressBar("sending", total: size, console: console)
      let report = try await bulk.send(descriptor) { bytes, messages in bar.update(bytes, count: messages) }
      bar.finish()
      return report
    }
    try finish(report, console)
  }

  private func finish(_ report: BulkSender.Report, _ console: Console) throws {
    for failure in report.failures {
      console.note("line \(failure.line): message \(Printable.escape(failure.id)) \(failure.outcome.text)")
    }
    switch output.output {
    case .table: console.print(report.tally.text)
    case .json:
      console.print(
        try BulkSendReport(
          confirmed: report.tally.confirmed, returned: report.tally.returned, nacked: report.tally.nacked,
          unknown: report.tally.unknown, badLine: report.badLine
        ).line())
    }
    if let badLine = report.badLine {
      throw CommandFailure(.data, "\(badLine); nothing of this line and of those after it was sent")
    }
    if !report.tally.isClean {
      throw CommandFailure(
        .itemsFailed, "\(Figures.plural(report.tally.total - report.tally.confirmed, "message")) not confirmed")
    }
  }

  private func open(_ path: String, _ console: Console) throws(CommandFailure) -> (Int32, Int?) {
    let descriptor = path == "-" ? console.standardInput : Glibc.open(path, O_RDONLY | O_CLOEXEC)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
      throw CommandFailure(.notFound, "\(Printable.escape(path)): \(SystemError.text(errno))")
    }
    return (descriptor, status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil)
  }

  private static func sender(_ broker: RabbitMQBroker, declaring queues: [String]) throws -> MessageSender {
    var system = ActorSystem()
    for queue in queues { system.declare(QueueDeclaration(queue)) }
    return try MessageSender(system, broker: broker)
  }

  @Sendable private static func duration(_ text: String) throws -> Duration {
    guard let duration = DurationText.parse(text) else {
      throw ValidationError("\(text.debugDescription) is no duration; write 30s, 500ms, 5m or 1h30m")
    }
    return duration
  }
}
