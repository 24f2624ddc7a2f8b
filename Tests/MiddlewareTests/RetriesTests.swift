import Actors
import Middleware
import Synchronization
import Testing

@Suite struct RetriesTests {
  /// A simulation with one actor that fails on its first `failures` runs, without waiting.
  private func simulation(
    failures: Int, _ options: ActorOptions, error: any Error = Broken(), stack: MiddlewareStack = .silent
  ) throws -> Simulation {
    let runs = Lock(0)
    return try Simulation(stack) { system in
      system.add(ActorDefinition(name: "actor", options: options) { _ in
        let run = runs.withLock { runs in
          runs += 1
          return runs
        }
        if run <= failures { throw error }
        return nil
      })
    }
  }

  private func options(_ change: (inout ActorOptions) -> Void = { _ in }) -> ActorOptions {
    var options = ActorOptions(queue: "queue")
    change(&options)
    return options
  }

  @Test func `a message that fails once is run twice`() async throws {
    let runs = try await simulation(failures: 1, options()).run(.sample())
    #expect(runs.map(\.outcome.summary) == ["retry Broken", "done"])
  }

  @Test func `a limit of three gives four runs`() async throws {
    let runs = try await simulation(failures: 99, options { $0.maxRetries = 3 }).run(.sample())
    #expect(runs.map(\.outcome.summary) == ["retry Broken", "retry Broken", "retry Broken", "dead max_retries"])
  }

  @Test(arguments: [("0", 1), ("4", 5), ("false", 1), ("true", 2), ("-3", 1), ("2.5", 4), ("1e0", 2), ("0.0", 1)])
  func `the message's own limit overrides the actor's`(value: String, runs: Int) async throws {
    let simulation = try simulation(failures: 99, options { $0.maxRetries = 99 })
    #expect(try await simulation.run(.sample(options: [("max_retries", value)])).count == runs)
  }

  @Test(arguments: ["null", "Infinity"])
  func `no limit: retried for ever`(value: String) async throws {
    let ownLimit = try await simulation(failures: 300, options { $0.maxRetries = 1 })
      .run(.sample(options: [("max_retries", value)]))
    #expect(ownLimit.count == 301)
    #expect(ownLimit.last?.outcome.summary == "done")
    #expect(try await simulation(failures: 300, options { $0.maxRetries = .unlimited }).run(.sample()).count == 301)
  }

  @Test func `by default a message is retried twenty times`() async throws {
    #expect(try await simulation(failures: 99, options()).run(.sample()).count == 21)
    let stack: MiddlewareStack = [Retries(maxRetries: .times(2))]
    #expect(try await simulation(failures: 99, options(), stack: stack).run(.sample()).count == 3)
  }

  @Test func `id, timestamp and arguments stay, the options tell of the retries`() async throws {
    let message = Message.sample(options: [("mine", "{\"a\":1.0}")], arguments: .literal("[1,NaN]"))
    let runs = try await simulation(failures: 3, options(), error: Broken(description: "no luck")).run(message)
    for (index, run) in runs.enumerated().dropFirst() {
      var expected = message
      expected.options = run.message.options
      #expect(run.message == expected)
      #expect(run.message.options["mine"] == message.options["mine"])
      #expect(run.message.options.integer("retries") == Int64(index))
      #expect(run.message.options.string("traceback") == "Broken: no luck")
      let failedAt = run.message.options.integer("requeue_timestamp") ?? 0
      #expect(failedAt >= message.timestamp)
      #expect(failedAt >= runs[index - 1].message.options.integer("requeue_timestamp") ?? 0)
    }
    #expect(runs[1].message.options.keys == ["mine", "retries", "traceback", "requeue_timestamp"])
  }

  @Test func `giving up leaves the message as it was delivered`() async {
    let message = Message.sample(options: [("retries", "1"), ("max_retries", "1")])
    let (outcome, context) = await process(message, through: .silent) { _ in throw Broken() }
    #expect(outcome.summary == "dead max_retries")
    #expect(outcome.error is Broken)
    #expect(context.message == message)
  }

  @Test func `retryWhen decides alone`() async throws {
    struct Temporary: Error {}
    @Sendable func retryWhen(retries: Int, error: any Error) -> Bool { error is Temporary && retries < 3 }
    let decided = options {
      $0.maxRetries = 0
      $0.retryWhen = retryWhen
    }
    #expect(try await simulation(failures: 99, decided, error: Temporary()).run(.sample()).count == 4)
    #expect(try await simulation(failures: 99, decided).run(.sample()).count == 1)
    let stack: MiddlewareStack = [Retries(maxRetries: .times(0), retryWhen: retryWhen)]
    #expect(try await simulation(failures: 99, options(), error: Temporary(), stack: stack).run(.sample()).count == 4)
    let message = Message.sample(options: [("max_retries", "0")])
    #expect(try await simulation(failures: 99, decided, error: Temporary()).run(message).count == 4)
  }

  @Test func `an error that the actor throws on purpose is not retried`() async {
    class Base: Error, @unchecked Sendable {}
    final class Derived: Base, @unchecked Sendable {}
    func summary(_ types: [any Error.Type], _ error: any Error) async -> String {
      let actor = ActorOptions(throws: types)
      let (outcome, context) = await process(through: .silent, actor: actor) { _ in throw error }
      #expect(context.message == context.deliveredMessage || outcome.delay != nil)
      return outcome.summary
    }
    #expect(await summary([Broken.self], Broken()) == "dead rejected")
    #expect(await summary([CancellationError.self, Broken.self], Broken()) == "dead rejected")
    #expect(await summary([Base.self], Derived()) == "dead rejected")
    #expect(await summary([Derived.self], Base()) == "retry Base")
    #expect(await summary([TimeLimitExceeded.self], TimeLimitExceeded()) == "dead rejected")
    #expect(await summary([CancellationError.self], Broken()) == "retry Broken")
    #expect(await summary([], CancellationError()) == "retry CancellationError")
  }

  @Test func `outcomes that others have decided pass untouched`() async {
    let decided: [Outcome] = [
      .skip, .requeue, .deadLetter(.invalidArguments, error: InvalidArguments("x")),
      .retry(after: .seconds(1), error: Broken()),
    ]
    for outcome in decided {
      let chain = MiddlewareChain(.silent) { _ in outcome }
      let context = MessageContext(
        message: .sample(), queue: "queue", redelivered: false,
        actor: ActorDefinition(name: "actor", options: ActorOptions()) { _ in nil })
      #expect(await chain.process(context).summary == outcome.summary)
      #expect(context.message == context.deliveredMessage)
    }
  }
}
