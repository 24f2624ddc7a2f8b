import Actors
import Middleware
import Testing

@Suite struct CallbacksTests {
  private struct Unwritable: Encodable, Sendable {
    func encode(to encoder: any Encoder) throws {
      throw EncodingError.invalidValue(self, .init(codingPath: [], debugDescription: "never"))
    }
  }

  @Test func `the actor of on_success gets the message and the result`() async throws {
    var registry = ActorRegistry()
    try registry.register(ActorDefinition(name: "succeeded", options: ActorOptions(queue: "news")) { _ in nil })
    let message = Message.sample(options: [("mine", "1")], arguments: .literal("[1,2]"))
    let (outcome, context) = await process(
      message, through: .silent, actor: ActorOptions(onSuccess: "succeeded"), registry: registry
    ) { _ in ActorResult(["sum": 3]) }
    #expect(outcome.summary == "done")
    let followUp = try #require(context.followUps.first)
    #expect(context.followUps.count == 1)
    #expect(followUp.delay == nil)
    #expect(followUp.message.actorName == "succeeded")
    #expect(followUp.message.queueName == "news")
    #expect(followUp.message.options.isEmpty)
    #expect(followUp.message.id != message.id)
    #expect(followUp.message.arguments.text == "[\(message.json.text),{\"sum\":3}]")
    #expect(followUp.message.keywordArguments == .emptyObject)
  }

  @Test func `no result is null, and an unknown target stays on the message's queue`() async throws {
    let (_, context) = await process(
      .sample(options: [("on_success", "\"elsewhere\"")]), through: .silent, actor: ActorOptions(onSuccess: "unused"))
    let followUp = try #require(context.followUps.first)
    #expect(context.followUps.count == 1)
    #expect(followUp.message.actorName == "elsewhere")
    #expect(followUp.message.queueName == "queue")
    #expect(followUp.message.arguments.elements?.last == .null)
  }

  @Test func `the actor of on_failure is told of every failed attempt, which it can count`() async throws {
    let simulation = try Simulation { system in
      system.add(ActorDefinition(
        name: "actor", options: ActorOptions(queue: "queue", maxRetries: 3, onFailure: "failed")
      ) { _ in throw Broken() })
      system.add(ActorDefinition(name: "failed", options: ActorOptions(queue: "queue")) { _ in nil })
    }
    let reports = try await simulation.run(.sample()).map(\.message).filter { $0.actorName == "failed" }
    let arguments = reports.compactMap(\.arguments.elements)
    #expect(arguments.map(\.last?.text) == Array(repeating: #"{"type":"Broken","message":"it broke"}"#, count: 4))
    let retries = try arguments.map { try Message(decoding: $0[0]).options.integer("retries") }
    #expect(retries == [1, 2, 3, 4])
  }

  @Test func `on_failure is told of arguments that do not fit and of errors thrown on purpose`() async {
    let actor = ActorOptions(throws: [Broken.self], onFailure: "failed")
    let (outcome, context) = await process(through: .silent, actor: actor) { _ in throw Broken() }
    #expect(outcome.summary == "dead rejected")
    #expect(context.followUps.count == 1)

    let chain = MiddlewareChain(.silent) { _ in .deadLetter(.invalidArguments, error: InvalidArguments("no `x`")) }
    let invalid = MessageContext(
      message: .sample(), queue: "queue", redelivered: false,
      actor: ActorDefinition(name: "actor", options: actor) { _ in nil })
    _ = await chain.process(invalid)
    #expect(
      invalid.followUps.first?.message.arguments.elements?.last?.text
        == #"{"type":"InvalidArguments","message":"InvalidArguments: no `x`"}"#)
  }

  @Test func `nobody is told of a message that was too old, skipped or given back`() async {
    let actor = ActorOptions(maxAge: .seconds(1), onSuccess: "succeeded", onFailure: "failed")
    let old = Message.sample(timestamp: 0)
    #expect(await process(old, through: .silent, actor: actor).context.followUps.isEmpty)
    for outcome in [Outcome.skip, .requeue] {
      let chain = MiddlewareChain(.silent) { _ in outcome }
      let context = MessageContext(
        message: .sample(), queue: "queue", redelivered: false,
        actor: ActorDefinition(name: "actor", options: actor) { _ in nil })
      #expect(await chain.process(context).summary == outcome.summary)
      #expect(context.followUps.isEmpty)
    }
  }

  @Test func `a result that cannot be told is neither repeated nor passed over in silence`() async {
    let (outcome, context) = await process(through: .silent, actor: ActorOptions(onSuccess: "succeeded")) { _ in
      ActorResult(Unwritable())
    }
    #expect(outcome.summary == "dead rejected")
    #expect(outcome.error is EncodingError)
    #expect(context.followUps.isEmpty)
  }

  @Test func `a result is not written when nobody asks for it`() async {
    #expect(await process(through: .silent) { _ in ActorResult(Unwritable()) }.outcome.summary == "done")
  }

  @Test func `an error's message holds no password`() async {
    let (_, context) = await process(through: .silent, actor: ActorOptions(onFailure: "failed")) { _ in
      throw Broken(description: "bolt://neo4j:s3cr3t@graph refused")
    }
    let report = context.followUps.first?.message.arguments.elements?.last?.text
    #expect(report == #"{"type":"Broken","message":"bolt://neo4j:***@graph refused"}"#)
  }
}
