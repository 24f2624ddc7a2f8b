import TestSupport
import Testing

@testable import Actors

@Suite("Stopping")
struct DrainTests {
  private func system(_ broker: HandBroker, _ layers: MiddlewareStack = []) -> ActorSystem {
    var system = ActorSystem(middleware: layers)
    system.broker = .instance(broker)
    return system
  }

  @Test("Running messages end and are settled, what has not started is left, and the exit is clean")
  func graceful() async throws {
    let broker = HandBroker()
    let gate = TestGate()
    let events = EventLog()
    var system = system(broker)
    system.actor("waits", queue: "hand") { () in
      events.add("begin")
      await gate.pass()
    }
    let harness = WorkerHarness(system, WorkerConfiguration(concurrency: 1, threads: 1))
    try await eventually("consuming") { broker.isConsumed }
    broker.deliver(
      .of(Message(queueName: "hand", actorName: "waits"), tag: 1),
      .of(Message(queueName: "hand", actorName: "waits"), tag: 2))
    try await eventually("the first runs") { events.count("begin") == 1 }
    harness.worker.stop()
    try await eventually("the consumption is cancelled") { broker.isCancelled }
    #expect(harness.worker.status.state == .draining)
    #expect(!broker.isClosed)
    gate.open()
    #expect(try await harness.end() == .drained)
    #expect(broker.settlement(1) == .acknowledge)
    #expect(broker.settlement(2) == nil)
    #expect(events.count("begin") == 1)
    #expect(broker.isClosed)
    #expect(harness.worker.status.state == .stopped)
  }

  @Test("Past the deadline running messages are cancelled and left to come back")
  func deadline() async throws {
    let broker = HandBroker()
    let events = EventLog()
    var system = system(broker, [RetryAlways()])
    system.actor("sleeps", queue: "hand") { () in
      events.add("begin")
      do { try await Task.sleep(for: .seconds(600)) } catch {
        events.add("cancelled")
        throw error
      }
    }
    let harness = WorkerHarness(system, WorkerConfiguration(concurrency: 2, drainTimeout: .milliseconds(100)))
    try await eventually("consuming") { broker.isConsumed }
    broker.deliver(.of(Message(queueName: "hand", actorName: "sleeps"), tag: 1))
    try await eventually("it runs") { events.count("begin") == 1 }
    #expect(try await harness.stop() == .drainDeadline)
    try await eventually("it was cancelled") { events.count("cancelled") == 1 }
    #expect(broker.settlement(1) == nil)
    #expect(broker.published.isEmpty)
    #expect(broker.isClosed)
  }

  @Test("A message that asked for it is told at once, and its error is Shutdown")
  func shutdown() async throws {
    let broker = HandBroker()
    let events = EventLog()
    var system = system(broker, [NotifyAlways(), RetryAlways()])
    system.actor("sleeps", queue: "hand") { () in
      events.add("begin")
      try await Task.sleep(for: .seconds(600))
    }
    let harness = WorkerHarness(system)
    try await eventually("consuming") { broker.isConsumed }
    broker.deliver(.of(Message(queueName: "hand", actorName: "sleeps"), tag: 1))
    try await eventually("it runs") { events.count("begin") == 1 }
    #expect(try await harness.stop() == .drained)
    #expect(broker.settlement(1) == .acknowledge)
    #expect(broker.published.first?.message?.options.integer("retries") == 1)
  }

  @Test("Cancelling the worker's task skips the wait")
  func cancellation() async throws {
    let broker = HandBroker()
    let events = EventLog()
    let gate = TestGate()
    var system = system(broker)
    system.actor("waits", queue: "hand") { () in
      events.add("begin")
      await gate.pass()
    }
    let harness = WorkerHarness(system, WorkerConfiguration(concurrency: 2, drainTimeout: .seconds(3_600)))
    try await eventually("consuming") { broker.isConsumed }
    broker.deliver(.of(Message(queueName: "hand", actorName: "waits"), tag: 1))
    try await eventually("it runs") { events.count("begin") == 1 }
    harness.cancel()
    #expect(try await harness.end() == .drainDeadline)
    #expect(broker.settlement(1) == nil)
    gate.open()
  }

  @Test("The hooks come in order, and in reverse at the end")
  func hooks() async throws {
    let events = EventLog()
    let broker = HandBroker()
    var system = system(broker, [HookProbe(name: "a", events: events), HookProbe(name: "b", events: events)])
    system.actor("works", queue: "hand") { () in }
    try await WorkerHarness.run(system) { _ in
      try await eventually("both are up") { events.count("b did start") == 1 }
    }
    #expect(
      events.all == [
        "a will start", "b will start", "a did start", "b did start", "a will stop", "b will stop", "b did stop",
        "a did stop",
      ])
  }

  @Test("A layer that cannot start stops those that had, and nothing is consumed")
  func failedStart() async throws {
    let events = EventLog()
    let broker = HandBroker()
    var system = system(
      broker,
      [
        HookProbe(name: "a", events: events), HookProbe(name: "b", events: events, failsAtStart: true),
        HookProbe(name: "c", events: events),
      ])
    system.actor("works", queue: "hand") { () in }
    let harness = WorkerHarness(system)
    await #expect(throws: ProbeError.self) { try await harness.end() }
    #expect(harness.worker.exit == .cannotConnect)
    #expect(events.all == ["a will start", "a did stop"])
    #expect(!broker.isConsumed)
  }

  @Test("A configuration that cannot be used ends with 78")
  func configuration() async throws {
    var system = system(HandBroker())
    system.actor("works", queue: "9 no name") { () in }
    let harness = WorkerHarness(system)
    await #expect(throws: ActorSystemError.self) { try await harness.end() }
    #expect(harness.worker.exit == .configuration)
    let empty = WorkerHarness(self.system(HandBroker()))
    await #expect(throws: ActorSystemError.self) { try await empty.end() }
    #expect(empty.worker.exit == .configuration)
  }

  @Test("After so many messages the worker drains by itself")
  func maxTasks() async throws {
    let broker = HandBroker()
    var system = system(broker)
    system.actor("works", queue: "hand") { () in }
    let harness = WorkerHarness(system, WorkerConfiguration(concurrency: 1, maxTasks: 2))
    try await eventually("consuming") { broker.isConsumed }
    broker.deliver(
      .of(Message(queueName: "hand", actorName: "works"), tag: 1),
      .of(Message(queueName: "hand", actorName: "works"), tag: 2))
    #expect(try await harness.end() == .drained)
    #expect(broker.settlement(2) == .acknowledge)
  }

  @Test("Above so much memory the worker drains by itself")
  func maxRSS() async throws {
    var system = system(HandBroker())
    system.actor("works", queue: "hand") { () in }
    let harness = WorkerHarness(system, WorkerConfiguration(maxRSS: 4_096))
    #expect(try await harness.end() == .drained)
    #expect(!harness.log.lines(containing: "resident memory").isEmpty)
  }

  @Test("A broker that is not reached in time ends the worker with 69")
  func connectTimeout() async throws {
    let broker = HandBroker()
    broker.setState(.connecting("nobody listens"))
    var system = system(broker)
    system.actor("works", queue: "hand") { () in }
    let harness = WorkerHarness(system, WorkerConfiguration(connectTimeout: .milliseconds(50)))
    #expect(try await harness.end() == .cannotConnect)
  }

  @Test("Once it has consumed, it never gives up on the broker")
  func reconnecting() async throws {
    let broker = HandBroker()
    var system = system(broker)
    system.actor("works", queue: "hand") { () in }
    try await WorkerHarness.run(system, WorkerConfiguration(connectTimeout: .milliseconds(600))) { harness in
      try await eventually("consuming") { harness.worker.status.state == .consuming }
      try await eventually("a beat") { harness.worker.heartbeatAge != nil }
      broker.setState(.connecting("lost"))
      #expect(harness.worker.status.state == .degraded)
      try await steadily("it stays", for: .milliseconds(900)) { harness.worker.exit == nil }
    }
  }
}
