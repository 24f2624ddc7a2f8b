import Actors
import Middleware
import Testing

@Suite struct AgeLimitTests {
  private func old(_ milliseconds: Int64, options: [(String, String)] = []) -> Message {
    .sample(options: options, timestamp: WallClock.now - milliseconds)
  }

  @Test func `a message over its actor's age limit is dead-lettered without being run`() async {
    let runs = Record<Void>()
    let (outcome, context) = await process(
      old(2_000), through: [AgeLimit()], actor: ActorOptions(maxAge: .seconds(1))
    ) { _ in
      runs.append(())
      return nil
    }
    #expect(outcome.summary == "dead max_age")
    #expect(outcome.error is AgeLimitExceeded)
    #expect(runs.elements.isEmpty)
    #expect(context.message == context.deliveredMessage)
  }

  @Test func `a message over its own age limit is dead-lettered`() async {
    let message = old(50, options: [("max_age", "50")])
    #expect(await process(message, through: [AgeLimit()]).outcome.summary == "dead max_age")
  }

  @Test func `a message exactly as old as allowed is too old, a younger one runs`() async {
    #expect(await process(old(1_000), through: [AgeLimit(maxAge: .seconds(1))]).outcome.summary == "dead max_age")
    #expect(await process(old(0), through: [AgeLimit(maxAge: .seconds(60))]).outcome.summary == "done")
  }

  @Test func `message, actor, middleware: the first that says something counts`() async {
    let stack: MiddlewareStack = [AgeLimit(maxAge: .milliseconds(1))]
    let actor = ActorOptions(maxAge: .seconds(60))
    #expect(await process(old(2_000), through: stack).outcome.summary == "dead max_age")
    #expect(await process(old(2_000), through: stack, actor: actor).outcome.summary == "done")
    let own = old(2_000, options: [("max_age", "1500")])
    #expect(await process(own, through: stack, actor: actor).outcome.summary == "dead max_age")
  }

  @Test(arguments: ["0", "null", "false", "\"\"", "0.0"])
  func `an age limit that Python takes for false leaves the decision to the actor`(value: String) async {
    let message = old(2_000, options: [("max_age", value)])
    #expect(await process(message, through: [AgeLimit()]).outcome.summary == "done")
    let actor = ActorOptions(maxAge: .seconds(1))
    #expect(await process(message, through: [AgeLimit()], actor: actor).outcome.summary == "dead max_age")
  }

  @Test func `zero at the actor is no limit, whatever the middleware says`() async {
    let stack: MiddlewareStack = [AgeLimit(maxAge: .milliseconds(1))]
    #expect(await process(old(2_000), through: stack, actor: ActorOptions(maxAge: .zero)).outcome.summary == "done")
  }

  @Test(arguments: [Int64.min, Int64.max, 0, -1])
  func `no timestamp from the wire ends the process`(timestamp: Int64) async {
    let message = Message.sample(options: [("max_age", "1000")], timestamp: timestamp)
    let summary = await process(message, through: [AgeLimit()]).outcome.summary
    #expect(summary == (timestamp == .max ? "done" : "dead max_age"))
  }

  @Test func `the age limit bounds retrying, because a retry keeps the timestamp`() async throws {
    let simulation = try Simulation([AgeLimit(), Retries(minBackoff: .zero)]) { system in
      let options = ActorOptions(queue: "queue", maxRetries: .unlimited)
      system.add(ActorDefinition(name: "actor", options: options) { _ in throw Broken() })
    }
    let runs = try await simulation.run(old(0, options: [("max_age", "30")]), limit: .max)
    #expect(runs.last?.outcome.summary == "dead max_age")
    #expect(runs.count > 1)
    #expect(Set(runs.map(\.message.timestamp)).count == 1)
  }
}
