import Actors
import Middleware
import Testing

@Suite struct TimeLimitTests {
  private func limits(
    _ stack: MiddlewareStack = [TimeLimit()], options: [(String, String)] = [], actor: Duration? = nil
  ) async -> [RecordingRun.Call] {
    let run = RecordingRun()
    _ = await process(.sample(options: options), through: stack, actor: ActorOptions(timeLimit: actor), run: run)
    return run.calls
  }

  private func call(_ limit: Duration?) -> RecordingRun.Call {
    .limit(limit, grace: .seconds(5), hardLimit: .seconds(30))
  }

  @Test func `the default limit is ten minutes, disarmed at the end`() async {
    #expect(await limits() == [call(.seconds(600)), call(nil)])
  }

  @Test func `message, actor, middleware: the first that says something counts`() async {
    #expect(await limits([TimeLimit(timeLimit: .seconds(7))]) == [call(.seconds(7)), call(nil)])
    #expect(await limits(actor: .seconds(1)) == [call(.seconds(1)), call(nil)])
    let own = await limits(options: [("time_limit", "2500")], actor: .seconds(1))
    #expect(own == [call(.milliseconds(2_500)), call(nil)])
    #expect(await limits(options: [("time_limit", "0")], actor: .seconds(1)) == [call(.seconds(1)), call(nil)])
    #expect(await limits(options: [("time_limit", "null")]) == [call(.seconds(600)), call(nil)])
  }

  @Test func `no limit is armed for an infinite one`() async {
    #expect(await limits([TimeLimit(timeLimit: .unlimited)]) == [call(nil)])
    #expect(await limits(actor: .unlimited) == [call(nil)])
    #expect(await limits(options: [("time_limit", "Infinity")], actor: .seconds(1)) == [call(nil)])
  }

  @Test func `grace and hard limit are passed on`() async {
    let stack: MiddlewareStack = [TimeLimit(grace: .seconds(1), hardLimit: .seconds(2))]
    #expect(await limits(stack).first == .limit(.seconds(600), grace: .seconds(1), hardLimit: .seconds(2)))
  }

  @Test func `the limit is armed before the actor and disarmed after it, also when it fails`() async {
    let run = RecordingRun()
    let seen = Record<Int>()
    let (outcome, _) = await process(through: [TimeLimit()], run: run) { _ in
      seen.append(run.calls.count)
      throw Broken()
    }
    #expect(outcome.summary == "failed Broken")
    #expect(seen.elements == [1])
    #expect(run.calls.last == call(nil))
  }

  @Test func `an option that an outer layer changes is honoured`() async {
    struct Hurry: Middleware {
      func process(_ context: MessageContext, next: Next) async throws -> Outcome {
        context.options.set("time_limit", to: 100)
        return await next(context)
      }
    }
    #expect(await limits([Hurry(), TimeLimit()]) == [call(.milliseconds(100)), call(nil)])
  }

  @Test func `a run past its limit is retried like any other failure, and parked as such in the end`() async {
    let stack = MiddlewareStack.silent
    let first = await process(through: stack, actor: ActorOptions(maxRetries: 1)) { _ in throw TimeLimitExceeded() }
    #expect(first.outcome.summary == "retry TimeLimitExceeded")
    let second = await process(first.context.message, through: stack, actor: ActorOptions(maxRetries: 1)) { _ in
      throw TimeLimitExceeded()
    }
    #expect(second.outcome.summary == "dead time_limit")
  }
}
