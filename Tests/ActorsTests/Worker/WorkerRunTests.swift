import Glibc
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Actors

@Suite("A worker on the in-memory broker")
struct WorkerRunTests {
  @Test("Messages run, with their context, and can send others")
  func sends() async throws {
    let queue = uniqueName("run")
    let broker = InMemoryBroker()
    let events = EventLog()
    var system = ActorSystem()
    system.broker = .instance(broker)
    let second = system.actor("second", queue: queue) { (number: Int) in events.add("second \(number)") }
    let first = system.actor("first", queue: queue) { (number: Int) in
      events.add("first \(number)")
      try await second.send(number + 1)
    }
    try await WorkerHarness.run(system) { _ in
      let sender = try MessageSender(system)
      try await sender.withBound { for number in 0..<50 { try await first.send(number * 10) } }
      try await broker.join(queue)
      #expect(Set(events.all).count == 100)
      #expect(events.all.count == 100)
    }
  }

  @Test("Connections that drop while 64 messages run cause no second run here", arguments: [64, 80])
  func drops(concurrency: Int) async throws {
    let queue = uniqueName("drop")
    let broker = InMemoryBroker()
    let (events, gate) = (EventLog(), TestGate())
    var system = ActorSystem()
    system.broker = .instance(broker)
    let actor = system.actor("waits", queue: queue) { (number: Int) in
      events.add("\(number)")
      await gate.pass()
    }
    try await WorkerHarness.run(system, WorkerConfiguration(concurrency: concurrency, threads: 4)) { harness in
      let sender = try MessageSender(system)
      try await sender.withBound { for number in 0..<64 { try await actor.send(number) } }
      try await eventually("all run") { events.all.count == 64 }
      broker.dropConnections()
      // With a slot left the redeliveries find their runs at once, without one when the runs have ended.
      if concurrency > 64 {
        try await eventually("all came back") { harness.worker.figures.redelivered == 64 }
        broker.dropConnections()
        try await eventually("and again") { harness.worker.figures.redelivered == 128 }
      }
      gate.open()
      try await broker.join(queue)
      #expect(events.all.count == 64)
    }
  }

  @Test("Actors that block all threads but one starve nobody")
  func blocking() async throws {
    let queue = uniqueName("block")
    let broker = InMemoryBroker()
    let (events, release) = (EventLog(), Latch())
    var system = ActorSystem()
    system.broker = .instance(broker)
    let blocks = system.actor("blocks", queue: queue) { () in
      events.add("blocked")
      while !release.isOpen { usleep(1_000) }
    }
    let works = system.actor("works", queue: queue) { () in
      await Task.yield()
      events.add("worked")
    }
    try await WorkerHarness.run(system, WorkerConfiguration(concurrency: 16, threads: 4)) { _ in
      let sender = try MessageSender(system)
      try await sender.withBound {
        for _ in 0..<3 { try await blocks.send() }
        try await eventually("three threads are blocked") { events.count("blocked") == 3 }
        for _ in 0..<200 { try await works.send() }
      }
      try await eventually("the others ran") { events.count("worked") == 200 }
      release.open()
      try await broker.join(queue)
    }
  }

  @Test("Five hundred sleeps of 50 ms run side by side")
  func sleeping() async throws {
    let queue = uniqueName("sleep")
    let broker = InMemoryBroker()
    var system = ActorSystem()
    system.broker = .instance(broker)
    let actor = system.actor("sleeps", queue: queue) { () in try await Task.sleep(for: .milliseconds(50)) }
    try await WorkerHarness.run(system, WorkerConfiguration(concurrency: 128, threads: 2)) { _ in
      let sender = try MessageSender(system)
      let messages = try (0..<512).map { _ in OutgoingMessage(message: try actor.message()) }
      try await sender.send(contentsOf: messages)
      let start = MonotonicClock.now
      try await broker.join(queue)
      // Four rounds of 128; one after the other it would be 25 seconds.
      #expect(MonotonicClock.now - start < 10_000_000_000)
    }
  }

  @Test("A priority decides among what was prefetched")
  func priorities() async throws {
    let broker = HandBroker()
    let (events, gate) = (EventLog(), TestGate())
    var system = ActorSystem()
    system.broker = .instance(broker)
    system.actor("waits", queue: "hand") { () in
      events.add("waits")
      await gate.pass()
    }
    system.actor("late", queue: "hand", options: ActorOptions(priority: 10)) { () in events.add("late") }
    system.actor("early", queue: "hand", options: ActorOptions(priority: -10)) { () in events.add("early") }
    try await WorkerHarness.run(system, WorkerConfiguration(concurrency: 1, threads: 1)) { _ in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(Message(queueName: "hand", actorName: "waits"), tag: 1))
      try await eventually("the slot is taken") { events.count("waits") == 1 }
      broker.deliver(
        .of(Message(queueName: "hand", actorName: "late"), tag: 2),
        .of(Message(queueName: "hand", actorName: "early"), tag: 3))
      gate.open()
      try await eventually("both ran") { broker.settlement(2) != nil && broker.settlement(3) != nil }
      #expect(events.all == ["waits", "early", "late"])
    }
  }

  @Test("Log lines inside an actor name its message")
  func metadata() async throws {
    let broker = HandBroker()
    var system = ActorSystem()
    system.broker = .instance(broker)
    let seen = Lock<[Logger.Metadata]>([])
    system.actor("logs", queue: "hand") { () in
      seen.withLock { $0.append(Logger.MetadataProvider.currentMessage.get()) }
    }
    try await WorkerHarness.run(system) { _ in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(Message(queueName: "hand", actorName: "logs", id: "this one"), tag: 1))
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      #expect(seen.withLock { $0 }.first?["message.id"] == "this one")
      #expect(seen.withLock { $0 }.first?["actor.name"] == "logs")
      #expect(seen.withLock { $0 }.first?["queue.name"] == "hand")
      #expect(seen.withLock { $0 }.first?["attempt"] == "1")
    }
    #expect(Logger.MetadataProvider.currentMessage.get().isEmpty)
  }

  @Test("The health report follows the worker")
  func health() async throws {
    let broker = HandBroker()
    broker.setState(.connecting("nobody listens"))
    var system = ActorSystem()
    system.broker = .instance(broker)
    system.actor("works", queue: "hand") { () in }
    try await WorkerHarness.run(system) { harness in
      try await eventually("a beat") { harness.worker.heartbeatAge != nil }
      #expect(harness.worker.healthReport(slot: 0).response(to: "/healthz").status == 200)
      #expect(harness.worker.healthReport(slot: 0).response(to: "/readyz").status == 503)
      broker.setState(.consuming)
      #expect(harness.worker.healthReport(slot: 0).response(to: "/readyz").status == 200)
      broker.setState(.degraded("queue a has no consumer"))
      let report = harness.worker.healthReport(slot: 0)
      #expect(report.unreadinessReasons.contains { $0.contains("queue a has no consumer") })
    }
  }
}
