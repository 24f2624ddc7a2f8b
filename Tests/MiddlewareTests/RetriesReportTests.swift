import Actors
import Logging
import Middleware
import TestSupport
import Testing

@Suite struct RetriesReportTests {
  private func lines(
    options: [(String, String)] = [], actor: ActorOptions = ActorOptions(), error: any Error
  ) async -> [LogCapture.Line] {
    let capture = LogCapture()
    let retries = Retries(
      maxRetries: 20, minBackoff: .seconds(15), maxBackoff: .seconds(600), retryWhen: nil, log: .captured(capture)
    ) { _, _ in .milliseconds(1_234) }
    _ = await process(.sample(options: options), through: [retries], actor: actor) { _ in throw error }
    return capture.lines
  }

  @Test func `a retry is one warning with what is needed to find the message`() async throws {
    let message = Message.sample(options: [("retries", "2")])
    let capture = LogCapture()
    let retries = Retries(
      maxRetries: 20, minBackoff: .zero, maxBackoff: .zero, retryWhen: nil, log: .captured(capture)
    ) { _, _ in .milliseconds(1_234) }
    _ = await process(message, through: [retries]) { _ in throw Broken() }
    let line = try #require(capture.lines.first)
    #expect(capture.lines.count == 1)
    #expect(line.level == .warning)
    #expect(
      line.metadata == [
        "message.id": message.id, "actor.name": "actor", "queue.name": "queue", "attempt": "3",
        "error": "Broken: it broke", "delay.ms": "1234",
      ])
  }

  @Test func `Retry is no news, and what ends as a dead letter is left to the worker's line about that`() async {
    #expect(await lines(error: Retry("busy")).map(\.level) == [.debug])
    #expect(await lines(actor: ActorOptions(throws: [Broken.self]), error: Broken()).isEmpty)
    #expect(await lines(options: [("max_retries", "0")], error: Broken()).isEmpty)
    #expect(await lines(options: [("max_retries", "0")], error: Retry()).isEmpty)
  }

  @Test func `an error that follows a success is not reported anywhere`() async {
    let capture = LogCapture()
    let retries = Retries(
      maxRetries: 20, minBackoff: .zero, maxBackoff: .zero, retryWhen: nil, log: .captured(capture)
    ) { _, _ in .zero }
    let (_, context) = await process(
      through: [Callbacks(), retries], actor: ActorOptions(onFailure: "failed", onRetryExhausted: "exhausted"))
    #expect(capture.lines.isEmpty)
    #expect(context.followUps.isEmpty)
  }

  @Test func `the actor of on_retry_exhausted is told once, after the last failure`() async throws {
    let simulation = try Simulation { system in
      system.add(ActorDefinition(
        name: "actor", options: ActorOptions(queue: "queue", maxRetries: 2, onRetryExhausted: "exhausted")
      ) { _ in throw Broken() })
      system.add(ActorDefinition(name: "exhausted", options: ActorOptions(queue: "bad-news")) { _ in nil })
    }
    let runs = try await simulation.run(.sample())
    #expect(runs.map(\.message.actorName) == ["actor", "actor", "actor", "exhausted"])
    let report = try #require(runs.last).message
    #expect(report.queueName == "bad-news")
    let arguments = try #require(report.arguments.elements)
    #expect(arguments.count == 2)
    #expect(arguments.last?.text == #"{"retries":2,"max_retries":2}"#)
    let told = try Message(decoding: #require(arguments.first))
    #expect(told.id == runs[0].message.id)
    #expect(told.options.integer("retries") == 3)
    #expect(told.options.string("traceback") == "Broken: it broke")
  }

  @Test(arguments: [("1", "1"), ("1.0", "1.0"), ("true", "true")])
  func `the limit is reported as the message has it`(value: String, reported: String) async {
    let options = [("retries", "1"), ("max_retries", value), ("on_retry_exhausted", "\"told\"")]
    let (_, context) = await process(.sample(options: options), through: [Retries()]) { _ in throw Broken() }
    let arguments = context.followUps.first?.message.arguments.elements
    #expect(arguments?.last?.text == "{\"retries\":1,\"max_retries\":\(reported)}")
    #expect(context.followUps.first?.message.actorName == "told")
    #expect(context.followUps.first?.message.queueName == "queue")
  }

  @Test func `no end is reported as null`() async {
    let actor = ActorOptions(maxRetries: .unlimited, retryWhen: { _, _ in false }, onRetryExhausted: "told")
    let (_, context) = await process(through: [Retries()], actor: actor) { _ in throw Broken() }
    #expect(context.followUps.first?.message.arguments.elements?.last?.text == #"{"retries":0,"max_retries":null}"#)
  }

  @Test func `nobody is told of exhaustion when the error was thrown on purpose or a later attempt succeeds`() async {
    let actor = ActorOptions(throws: [Broken.self], onRetryExhausted: "told")
    #expect(await process(through: .silent, actor: actor) { _ in throw Broken() }.context.followUps.isEmpty)
    #expect(
      await process(through: .silent, actor: ActorOptions(onRetryExhausted: "told")) { _ in throw Broken() }
        .context.followUps.isEmpty)
  }

  @Test func `the traceback holds no password and is bounded`() async throws {
    let description = "no route to amqp://app:s3cr3t@broker:5672/ " + String(repeating: "é", count: 9_000)
    let (_, context) = await process(through: .silent) { _ in throw Broken(description: description) }
    let traceback = try #require(context.message.options.string("traceback"))
    #expect(!traceback.contains("s3cr3t"))
    #expect(traceback.hasPrefix("Broken: no route to amqp://app:***@broker:5672/"))
    #expect(traceback.utf8.count <= 4_096)
  }

  @Test func `the traceback keeps control characters`() async {
    let (_, context) = await process(through: .silent) { _ in throw Broken(description: "a\nb\u{1B}[31m\u{0}") }
    #expect(context.message.options.string("traceback") == "Broken: a\nb\u{1B}[31m\u{0}")
  }
}
