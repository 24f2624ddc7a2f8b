import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Actors

@Suite("Time limits")
struct TimeLimitTests {
  @Test("At the limit the task is cancelled and the error is TimeLimitExceeded; the slot's next message is not hit")
  func cancellation() async throws {
    let broker = HandBroker()
    let events = EventLog()
    struct Watches: Middleware {
      let events: EventLog
      func process(_ context: MessageContext, next: Next) async throws -> Outcome {
        let outcome = await next(context)
        if case .failed(let error) = outcome { events.add("\(type(of: error))") }
        return outcome
      }
    }
    var system = ActorSystem(middleware: [Watches(events: events), LimitAlways(limit: .milliseconds(50))])
    system.broker = .instance(broker)
    system.actor("sleeps", queue: "hand") { () in try await Task.sleep(for: .seconds(600)) }
    system.actor("works", queue: "hand") { () in
      events.add(Task.isCancelled ? "cancelled" : "clean")
      await Task.yield()
    }
    try await WorkerHarness.run(system, WorkerConfiguration(concurrency: 1, threads: 1)) { _ in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(
        .of(Message(queueName: "hand", actorName: "sleeps"), tag: 1),
        .of(Message(queueName: "hand", actorName: "works"), tag: 2))
      try await eventually("the end of both") {
        broker.settlement(1) == .acknowledge && broker.settlement(2) == .acknowledge
      }
      #expect(events.all == ["TimeLimitExceeded", "clean"])
    }
  }

  @Test("A result that comes after the cancellation still counts")
  func lateResult() async throws {
    let broker = HandBroker()
    var system = ActorSystem(middleware: [LimitAlways(limit: .milliseconds(20))])
    system.broker = .instance(broker)
    system.actor("cleans up", queue: "hand") { () in try? await Task.sleep(for: .seconds(600)) }
    try await WorkerHarness.run(system) { _ in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(Message(queueName: "hand", actorName: "cleans up"), tag: 1))
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      #expect(broker.published.isEmpty)
    }
  }

  @Test("A run that is deaf to its cancellation is stuck: counted, logged once, its slot and thread replaced")
  func stuck() async throws {
    let broker = HandBroker()
    let release = Latch()
    let events = EventLog()
    var system = ActorSystem(middleware: [LimitAlways(limit: .milliseconds(20), grace: .milliseconds(20))])
    system.broker = .instance(broker)
    system.actor("blocks", queue: "hand") { () in while !release.isOpen { usleep(1_000) } }
    system.actor("works", queue: "hand") { () in events.add("worked") }
    try await WorkerHarness.run(system, WorkerConfiguration(concurrency: 1, threads: 1)) { harness in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(
        .of(Message(queueName: "hand", actorName: "blocks"), tag: 1),
        .of(Message(queueName: "hand", actorName: "works"), tag: 2))
      try await eventually("the other message") { broker.settlement(2) == .acknowledge }
      #expect(harness.worker.figures.stuck == 1)
      #expect(harness.log.lines(containing: "its slot was replaced").count == 1)
      #expect(broker.settlement(1) == nil)
      release.open()
      try await eventually("the stuck message ends after all") { broker.settlement(1) == .acknowledge }
    }
  }

  @Test("Past the hard limit the message is retried without its run, and the worker leaves with code 70")
  func hardLimit() async throws {
    let broker = HandBroker()
    let release = Latch()
    let limit = LimitAlways(limit: .milliseconds(20), grace: .milliseconds(10), hardLimit: .milliseconds(50))
    var system = ActorSystem(middleware: [limit, RetryAlways()])
    system.broker = .instance(broker)
    system.actor("blocks", queue: "hand") { () in while !release.isOpen { usleep(1_000) } }
    let harness = WorkerHarness(system, WorkerConfiguration(concurrency: 2, threads: 2))
    try await eventually("consuming") { broker.isConsumed }
    broker.deliver(.of(Message(queueName: "hand", actorName: "blocks"), tag: 1))
    #expect(try await harness.end() == .stuck)
    #expect(broker.settlement(1) == .acknowledge)
    #expect(broker.published.count == 1)
    #expect(broker.published.first?.message?.options.integer("retries") == 1)
    #expect(broker.isClosed)
    release.open()
  }

  @Test("A limit taken away never comes, while the same one, set later, does")
  func disarmed() async throws {
    let broker = HandBroker()
    let release = Latch()
    let events = EventLog()
    var system = ActorSystem(middleware: [LimitAlways(limit: .milliseconds(150))])
    system.broker = .instance(broker)
    system.actor("lifts", queue: "hand") { () in
      MessageContext.current?.setTimeLimit(nil, grace: .zero, hardLimit: .zero)
      events.add("lifted")
      await release.wait()
      events.add(Task.isCancelled ? "cancelled" : "clean")
    }
    system.actor("keeps", queue: "hand") { () in try? await Task.sleep(for: .seconds(600)) }
    try await WorkerHarness.run(system) { _ in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(Message(queueName: "hand", actorName: "lifts"), tag: 1))
      try await eventually("the limit is lifted") { events.count("lifted") == 1 }
      broker.deliver(.of(Message(queueName: "hand", actorName: "keeps"), tag: 2))
      try await eventually("the limit of the other has come") { broker.settlement(2) == .acknowledge }
      release.open()
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      #expect(events.all == ["lifted", "clean"])
      #expect(broker.published.isEmpty)
    }
  }

  @Test(
    "Nanoseconds without 128-bit division",
    arguments: [
      (.zero, 0), (.seconds(-1), 0), (.nanoseconds(1), 1), (.milliseconds(1_500), 1_500_000_000),
      (.seconds(600), 600_000_000_000), (.seconds(Int64.max), .max), (.unlimited, .max),
    ] as [(Duration, UInt64)])
  func nanoseconds(duration: Duration, expected: UInt64) { #expect(duration.wholeNanoseconds == expected) }
}
