import Actors
import Middleware
import Testing

@Suite struct StandardStackTests {
  @Test func `the order is dramatiq's`() {
    let names = MiddlewareStack.standard.layers.map { String(describing: type(of: $0)) }
    #expect(names == ["AgeLimit", "TimeLimit", "ShutdownNotifications", "Callbacks", "Pipelines", "Retries"])
  }

  @Test func `it knows every option of an actor, and no other`() throws {
    var system = ActorSystem(middleware: .standard)
    let options = ActorOptions(
      queue: "queue", maxRetries: 1, minBackoff: .zero, maxBackoff: .zero, retryWhen: { _, _ in true },
      throws: [Broken.self], timeLimit: .zero, maxAge: .zero, notifyShutdown: true, onSuccess: "a", onFailure: "b",
      onRetryExhausted: "c", pipeIgnore: true)
    system.add(ActorDefinition(name: "known", options: options) { _ in nil })
    try system.validate()
    let other = ActorOptions(queue: "queue", custom: ["store_results": true])
    system.add(ActorDefinition(name: "unknown", options: other) { _ in nil })
    #expect(throws: ActorSystemError.self) { try system.validate() }
  }

  @Test func `layers can be put beside those of the stack`() throws {
    struct Mine: Middleware {}
    var stack = MiddlewareStack.standard
    try stack.insert(Mine(), before: Retries.self)
    try stack.insert(Mine(), after: AgeLimit.self)
    let names = stack.layers.map { String(describing: type(of: $0)) }
    #expect(
      names == [
        "AgeLimit", "Mine", "TimeLimit", "ShutdownNotifications", "Callbacks", "Pipelines", "Mine", "Retries",
      ])
    #expect(throws: ActorSystemError.self) { try stack.insert(Mine(), before: CurrentMessage.self) }
  }

  @Test func `a plain message leaves the context untouched`() async {
    let run = RecordingRun()
    let (outcome, context) = await process(through: .standard, run: run) { _ in ActorResult(1) }
    #expect(outcome.summary == "done")
    #expect(context.message == context.deliveredMessage)
    #expect(context.followUps.isEmpty)
    #expect(run.calls.count == 2)
  }

  @Test func `a failed attempt: the retry is decided before the callback tells of it`() async {
    let (outcome, context) = await process(through: .standard, actor: ActorOptions(onFailure: "failed")) { _ in
      throw Broken()
    }
    #expect(outcome.summary == "retry Broken")
    let told = context.followUps.first?.message.arguments.elements?.first.flatMap { try? Message(decoding: $0) }
    #expect(told == context.message)
  }
}
