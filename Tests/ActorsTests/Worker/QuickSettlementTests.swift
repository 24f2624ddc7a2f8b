import TestSupport
import Testing

@testable import Actors

@Suite("What follows from a run holds up no slot, and is confirmed before the acknowledgement")
struct QuickSettlementTests {
  /// Retries, and looks at nothing that is sent, as the standard layers.
  private struct RetryQuietly: SendsUnchanged {
    func process(_ context: MessageContext, next: Next) async throws -> Outcome {
      try await RetryAlways().process(context, next: next)
    }
  }

  /// Looks at what is sent, and takes its time.
  private struct SlowSend: Middleware {
    let gate: Latch
    func send(_ outgoing: inout OutgoingMessage) async throws { await gate.wait() }
  }

  private func system(_ broker: HandBroker, _ layers: MiddlewareStack) -> ActorSystem {
    var system = ActorSystem(middleware: layers)
    system.broker = .instance(broker)
    system.actor("fails", queue: "hand") { () in throw ProbeError(text: "always") }
    system.actor("works", queue: "hand") { () in }
    return system
  }

  private func deliverBoth(_ broker: HandBroker) {
    broker.deliver(
      .of(Message(queueName: "hand", actorName: "fails"), tag: 1),
      .of(Message(queueName: "hand", actorName: "works"), tag: 2))
  }

  @Test("A retry is acknowledged when its copy is confirmed; the slot goes on meanwhile")
  func confirmed() async throws {
    let broker = HandBroker()
    broker.takeAtOnce()
    try await WorkerHarness.run(system(broker, [RetryQuietly()]), WorkerConfiguration(concurrency: 1, threads: 1)) { _ in
      try await eventually("consuming") { broker.isConsumed }
      deliverBoth(broker)
      try await eventually("the other message") { broker.settlement(2) == .acknowledge }
      #expect(broker.heldCount == 1)
      #expect(broker.settlement(1) == nil)
      broker.answerHeld(.confirmed)
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      #expect(broker.published.count == 1)
    }
  }

  @Test(
    "A copy that was not confirmed is published again, and only then acknowledged",
    arguments: [PublishOutcome.nacked, .returned("no route"), .unknown("cut")])
  func refused(outcome: PublishOutcome) async throws {
    let broker = HandBroker()
    broker.takeAtOnce()
    try await WorkerHarness.run(system(broker, [RetryQuietly()])) { harness in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(Message(queueName: "hand", actorName: "fails"), tag: 1))
      try await eventually("the copy") { broker.heldCount == 1 }
      broker.answerHeld(outcome)
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      #expect(broker.published.count == 1)
      #expect(harness.log.lines(containing: "not confirmed").count == 1)
    }
  }

  @Test("The channel is lost while the copy is on its way: nothing is settled on it")
  func lostChannel() async throws {
    let broker = HandBroker()
    broker.takeAtOnce()
    try await WorkerHarness.run(system(broker, [RetryQuietly()])) { _ in
      try await eventually("consuming") { broker.isConsumed }
      let message = Message(queueName: "hand", actorName: "fails")
      broker.deliver(.of(message, tag: 1))
      try await eventually("the copy") { broker.heldCount == 1 }
      broker.lose(1)
      broker.answerHeld(.confirmed)
      broker.deliver(.of(message, tag: 7, generation: 2, redelivered: true))
      try await eventually("the redelivery is acknowledged, not run") {
        broker.settlement(7, generation: 2) == .acknowledge
      }
      #expect(broker.settlement(1) == nil)
      #expect(broker.published.count == 1)
    }
  }

  @Test("A layer that takes its time over what is sent holds up no slot")
  func slowLayer() async throws {
    let broker = HandBroker()
    broker.takeAtOnce()
    let gate = Latch()
    let system = system(broker, [RetryQuietly(), SlowSend(gate: gate)])
    try await WorkerHarness.run(system, WorkerConfiguration(concurrency: 1, threads: 1)) { _ in
      try await eventually("consuming") { broker.isConsumed }
      deliverBoth(broker)
      try await eventually("the other message") { broker.settlement(2) == .acknowledge }
      #expect(broker.settlement(1) == nil)
      gate.open()
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      #expect(broker.published.count == 1)
    }
  }
}
