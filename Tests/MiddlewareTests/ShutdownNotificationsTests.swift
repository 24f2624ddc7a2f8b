import Actors
import Logging
import Middleware
import Testing

@Suite struct ShutdownNotificationsTests {
  /// The actor's option, the message's option, whether the message is interrupted when the middleware's default is off.
  static let table: [(actor: Bool?, message: String?, notified: Bool)] = [
    (nil, nil, false), (nil, "true", true), (nil, "false", false), (true, nil, true), (true, "true", true),
    (true, "false", false), (false, nil, false), (false, "true", true), (false, "false", false),
  ]

  private func isNotified(_ middleware: ShutdownNotifications, actor: Bool?, message: String?) async -> Bool {
    let run = RecordingRun()
    let options = message.map { [("notify_shutdown", $0)] } ?? []
    _ = await process(
      .sample(options: options), through: [middleware], actor: ActorOptions(notifyShutdown: actor), run: run)
    return run.calls == [.notify]
  }

  @Test(arguments: table)
  func `message, actor, middleware decide in this order`(row: (actor: Bool?, message: String?, notified: Bool)) async {
    let notified = await isNotified(ShutdownNotifications(), actor: row.actor, message: row.message)
    #expect(notified == row.notified)
  }

  @Test func `the middleware decides when nobody else does, and null is nobody`() async {
    let middleware = ShutdownNotifications(notifyShutdown: true)
    #expect(await isNotified(middleware, actor: nil, message: nil))
    #expect(await isNotified(middleware, actor: nil, message: "null"))
    #expect(await !isNotified(middleware, actor: false, message: "null"))
    #expect(await !isNotified(middleware, actor: nil, message: "false"))
  }

  @Test func `the running messages are interrupted when the worker begins to stop`() async {
    let interruptions = Record<Void>()
    let worker = WorkerContext(logger: Logger(label: "test"), concurrency: 1, queues: ["queue"]) {
      interruptions.append(())
    }
    await ShutdownNotifications().workerWillStop(worker)
    #expect(interruptions.elements.count == 1)
  }

  @Test func `a shutdown that escapes the actor is retried by the normal rules`() async {
    let (outcome, context) = await process(through: .silent) { _ in throw Shutdown() }
    #expect(outcome.summary == "retry Shutdown")
    #expect(context.message.options.integer("retries") == 1)
  }
}
