import TestSupport
import Testing

@testable import Actors

@Suite("Nothing is acknowledged before what follows from it is safe")
struct SettlementTests {
  private func system(_ broker: any Broker, _ layers: MiddlewareStack = []) -> ActorSystem {
    var system = ActorSystem(middleware: layers)
    system.broker = .instance(broker)
    return system
  }

  @Test(
    "A retry whose publish fails is not lost and not acknowledged",
    arguments: [
      PublishOutcome.nacked, .returned("no route"), .unknown("cut"),
    ])
  func failedRetry(outcome: PublishOutcome) async throws {
    let queue = uniqueName("settle")
    let broker = InMemoryBroker()
    var system = system(broker, [RetryAlways()])
    let events = EventLog()
    let actor = system.actor("flaky", queue: queue) { () in
      events.add("run")
      if events.count("run") == 1 { throw ProbeError(text: "first time") }
    }
    try await WorkerHarness.run(system) { _ in
      broker.register(QueueDeclaration(queue))
      let sender = try MessageSender(system)
      try await sender.withBound { _ = try await actor.send() }
      broker.failNextPublishes(3, with: outcome)
      try await broker.join(queue)
      #expect(events.count("run") >= 1)
      try await eventually("the second run") { events.count("run") == 2 }
      #expect(broker.counts(of: queue).dead == 0)
    }
  }

  @Test("While the publish is refused, the delivery stays unacknowledged")
  func unacknowledged() async throws {
    let broker = HandBroker()
    broker.answerAlways(.nacked)
    var system = system(broker, [RetryAlways()])
    system.actor("fails", queue: "hand") { () in throw ProbeError(text: "always") }
    let harness = WorkerHarness(
      system, WorkerConfiguration(concurrency: 2, threads: 2, drainTimeout: .milliseconds(300)))
    try await eventually("consuming") { broker.isConsumed }
    broker.deliver(.of(Message(queueName: "hand", actorName: "fails"), tag: 1))
    try await eventually("the warning") { !harness.log.lines(containing: "not confirmed").isEmpty }
    #expect(broker.settlement(1) == nil)
    // Past the drain deadline it is left as it is, and comes back when the channel closes.
    #expect(try await harness.stop() == .drainDeadline)
    #expect(broker.settlement(1) == nil)
    #expect(broker.isClosed)
  }

  @Test("Follow-ups are confirmed before the acknowledgement; only what failed is published again")
  func followUps() async throws {
    struct Adds: Middleware {
      func process(_ context: MessageContext, next: Next) async throws -> Outcome {
        let outcome = await next(context)
        context.addFollowUp(Message(queueName: "other", actorName: "first"))
        context.addFollowUp(Message(queueName: "other", actorName: "second"), delay: .seconds(60))
        return outcome
      }
    }
    let broker = HandBroker()
    broker.answerNext(.confirmed, .unknown("cut"))
    var system = system(broker, [Adds()])
    system.actor("works", queue: "hand") { () in }
    try await WorkerHarness.run(system) { _ in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(Message(queueName: "hand", actorName: "works"), tag: 1))
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      let names = broker.published.compactMap { $0.message?.actorName }
      #expect(names == ["first", "second"])
      #expect(broker.published.last?.route == .delayed(queue: "other", by: .seconds(60)))
    }
  }

  @Test("Every outcome has its settlement")
  func outcomes() async throws {
    struct Chooses: Middleware {
      func process(_ context: MessageContext, next: Next) async throws -> Outcome {
        switch context.options.string("want") {
        case "skip": return .skip
        case "requeue": return .requeue
        case "fail": return .failed(ProbeError(text: "nobody decided"))
        case "retry": return .retry(after: .zero, error: ProbeError(text: "again"))
        default: return await next(context)
        }
      }
    }
    let broker = HandBroker()
    var system = system(broker, [Chooses()])
    system.actor("works", queue: "hand") { () in 7 }
    try await WorkerHarness.run(system) { _ in
      try await eventually("consuming") { broker.isConsumed }
      for (tag, want) in [(1, "skip"), (2, "requeue"), (3, "fail"), (4, "retry"), (5, "done")] as [(UInt64, String)] {
        var message = Message(queueName: "hand", actorName: "works")
        message.options.set("want", to: want)
        broker.deliver(.of(message, tag: tag))
      }
      for tag in [1, 3, 4, 5] as [UInt64] {
        try await eventually("settlement \(tag)") { broker.settlement(tag) == .acknowledge }
      }
      #expect(broker.settlement(2) == .requeue)
      let routes = broker.published.map(\.route)
      #expect(routes.count == 2)
      #expect(routes.contains(.queue("hand")))
      #expect(routes.contains(.deadLetter(queue: "hand")))
      let dead = broker.published.first { $0.route == .deadLetter(queue: "hand") }
      #expect(dead?.properties.headers["x-troupe-reason"] == .string("rejected"))
    }
  }

  @Test("An error that the actor throws on purpose is a dead letter without any trouble in the log")
  func thrownOnPurpose() async throws {
    struct KnowsThrows: Middleware {
      var actorOptions: Set<String> { ["throws"] }
    }
    let broker = HandBroker()
    var system = system(broker, [KnowsThrows()])
    let options = ActorOptions(queue: "hand", throws: [ProbeError.self])
    system.add(ActorDefinition(name: "declares", options: options) { _ in throw ProbeError(text: "on purpose") })
    let others = ActorOptions(queue: "hand")
    system.add(ActorDefinition(name: "fails", options: others) { _ in throw ProbeError(text: "no") })
    try await WorkerHarness.run(system) { harness in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(Message(queueName: "hand", actorName: "declares"), tag: 1))
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      let headers = broker.published.first?.properties.headers
      #expect(headers?["x-troupe-reason"] == .string("rejected"))
      #expect(headers?["x-troupe-error"]?.stringValue?.contains("on purpose") == true)
      #expect(harness.log.lines(from: .notice).isEmpty, "\(harness.log.text)")
      #expect(harness.log.lines(containing: "dead-letter").map(\.level) == [.info])
      broker.deliver(.of(Message(queueName: "hand", actorName: "fails"), tag: 2))
      try await eventually("the acknowledgement") { broker.settlement(2) == .acknowledge }
      #expect(harness.log.lines(from: .notice).map(\.level) == [.error])
    }
  }

  @Test("A body that names another queue is settled, and retried, on the queue that delivered it")
  func foreignQueueName() async throws {
    let broker = HandBroker()
    var system = system(broker, [RetryAlways(delay: .seconds(5))])
    system.actor("fails", queue: "hand") { () in throw ProbeError(text: "always") }
    try await WorkerHarness.run(system) { _ in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(Message(queueName: "nobody.DQ", actorName: "fails"), tag: 1))
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      #expect(broker.published.map(\.route) == [.delayed(queue: "hand", by: .seconds(5))])
      #expect(broker.published.first?.message?.queueName == "hand")
    }
  }

  @Test("An error of the send side counts as not confirmed")
  func sendSide() async throws {
    final class Refuses: Middleware {
      let events = EventLog()
      func send(_ outgoing: inout OutgoingMessage) async throws {
        events.add("send")
        if events.count("send") == 1 { throw ProbeError(text: "not now") }
      }
    }
    let broker = HandBroker()
    let layer = Refuses()
    var system = system(broker, [RetryAlways(), layer])
    system.actor("fails", queue: "hand") { () in throw ProbeError(text: "always") }
    try await WorkerHarness.run(system) { _ in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(Message(queueName: "hand", actorName: "fails"), tag: 1))
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      #expect(layer.events.count("send") == 2)
    }
  }
}
