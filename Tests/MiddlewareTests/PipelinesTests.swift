import Actors
import Middleware
import Testing

@Suite struct PipelinesTests {
  /// Actors of the pipelines: `add` sums its arguments, `list` collects them, `broken` fails.
  private func simulation() throws -> Simulation {
    try Simulation { system in
      system.actor("add", queue: "sums") { (left: Int, right: Int) in left + right }
      system.actor("list", queue: "sums") { (first: Int) in [first] }
      system.actor("append", queue: "sums") { (first: Int, list: [Int]) in [first] + list }
      system.actor("nothing", queue: "sums") {}
      system.actor("broken", queue: "sums", options: ActorOptions(maxRetries: 0)) { (_: Int) in throw Broken() }
      system.actor("deaf", queue: "sums", options: ActorOptions(pipeIgnore: true)) { (own: Int) in own }
    }
  }

  private func message(_ actor: String, _ arguments: String, options: [(String, String)] = []) -> Message {
    var message = Message.sample(options: options, arguments: .literal(arguments))
    message.queueName = "sums"
    message.actorName = actor
    return message
  }

  private func results(_ runs: [Simulation.Run]) throws -> [String] {
    try runs.map { run in
      guard case .done(let result) = run.outcome else { return run.outcome.summary }
      return try result?.json().text ?? "nothing"
    }
  }

  @Test func `the result is appended as the last positional argument`() async throws {
    let runs = try await simulation().run(
      Pipeline([message("add", "[1,2]"), message("add", "[3]"), message("add", "[4]")]).messages[0])
    #expect(try results(runs) == ["3", "6", "10"])
    #expect(runs.map(\.message.arguments.text) == ["[1,2]", "[3,3]", "[4,6]"])
    #expect(runs.last?.followUps.isEmpty == true)
  }

  @Test func `a step keeps its id, its timestamp and its options`() async throws {
    let steps = [message("add", "[1,2]"), message("add", "[3]", options: [("mine", "\"yes\"")])]
    let runs = try await simulation().run(Pipeline(steps).messages[0])
    #expect(runs[1].message.id == steps[1].id)
    #expect(runs[1].message.timestamp == steps[1].timestamp)
    #expect(runs[1].message.options == steps[1].options)
  }

  @Test func `a receiver that ignores the pipe is not given the result`() async throws {
    let ignoring = message("list", "[2]", options: [("pipe_ignore", "true")])
    let runs = try await simulation().run(
      Pipeline([message("list", "[1]"), ignoring, message("append", "[3]")]).messages[0])
    #expect(try results(runs) == ["[1]", "[2]", "[3,2]"])
    let byActor = try await simulation().run(Pipeline([message("add", "[1,2]"), message("deaf", "[7]")]).messages[0])
    #expect(try results(byActor) == ["3", "7"])
  }

  @Test func `no result is null`() async throws {
    let runs = try await simulation().run(Pipeline([message("nothing", "[]"), message("nothing", "[]")]).messages[0])
    #expect(runs.last?.message.arguments.text == "[null]")
  }

  @Test func `a step that fails stops the chain`() async throws {
    let runs = try await simulation().run(
      Pipeline([message("add", "[1,2]"), message("broken", "[]"), message("add", "[4]")]).messages[0])
    #expect(try results(runs) == ["3", "dead max_retries"])
  }

  @Test func `a step that was skipped or refused stops the chain`() async {
    let pipeline = Pipeline([message("add", "[1,2]"), message("add", "[3]")])
    for outcome in [Outcome.skip, .requeue, .deadLetter(.rejected, error: Broken())] {
      let chain = MiddlewareChain(.silent) { _ in outcome }
      let context = MessageContext(
        message: pipeline.messages[0], queue: "sums", redelivered: false,
        actor: ActorDefinition(name: "add", options: ActorOptions()) { _ in nil })
      #expect(await chain.process(context).summary == outcome.summary)
      #expect(context.followUps.isEmpty)
    }
  }

  @Test(arguments: [
    ("500", 500), ("1.5", nil), ("0", nil), ("null", nil), ("-4", nil), ("\"soon\"", nil), ("NaN", nil), ("true", 1),
  ] as [(String, Int?)])
  func `a step's own delay counts from the end of the step before`(value: String, milliseconds: Int?) async throws {
    let steps = [message("nothing", "[]"), message("nothing", "[]", options: [("delay", value)])]
    let runs = try await simulation().run(Pipeline(steps).messages[0])
    let expected = value == "1.5" ? Duration.microseconds(1_500) : milliseconds.map { .milliseconds($0) }
    #expect(runs[0].followUps.first?.delay == expected)
    #expect(runs[1].message.options["delay"]?.text == value)
  }

  @Test(arguments: [
    "1", "\"x\"", "true", "[]", "{}", #"{"queue_name":"q","actor_name":"a","args":[],"kwargs":{}}"#,
    #"{"queue_name":"q","actor_name":"a","args":{},"kwargs":{},"options":{}}"#,
    #"{"queue_name":"q","actor_name":"a","args":[],"kwargs":{},"options":{},"more":1}"#,
    #"{"queue_name":"$2@","actor_name":"a","args":[],"kwargs":{},"options":{}}"#,
    #"{"queue_name":"","actor_name":"a","args":[],"kwargs":{},"options":{}}"#,
  ])
  func `a target that cannot be sent parks the message`(target: String) async {
    let message = message("nothing", "[]", options: [("pipe_target", target)])
    let (outcome, context) = await process(message, through: .silent)
    #expect(outcome.summary == "dead rejected")
    #expect(outcome.error is InvalidPipeTarget)
    #expect(context.followUps.isEmpty)
  }

  @Test func `a target of null is none`() async {
    let (outcome, context) = await process(.sample(options: [("pipe_target", "null")]), through: .silent)
    #expect(outcome.summary == "done")
    #expect(context.followUps.isEmpty)
  }

  @Test func `a target without id and timestamp is given them`() async throws {
    let target = #"{"queue_name":"q.DQ","actor_name":"a","args":[1],"kwargs":{},"options":{}}"#
    let (_, context) = await process(.sample(options: [("pipe_target", target)]), through: .silent) { _ in
      ActorResult("é")
    }
    let step = try #require(context.followUps.first).message
    #expect(step.arguments.text == #"[1,"\u00e9"]"#)
    #expect(step.id.utf8.count == 36)
  }
}
