import TestSupport
import Testing

@testable import Actors

@Suite("A message whose channel was lost does not run twice here")
struct OrphanTests {
  private let message = Message(queueName: "hand", actorName: "works")

  @Test("A redelivery of a running message becomes its new receipt")
  func attached() async throws {
    let broker = HandBroker()
    let gate = TestGate()
    let events = EventLog()
    var system = ActorSystem(middleware: [])
    system.broker = .instance(broker)
    system.actor("works", queue: "hand") { () in
      events.add("run")
      await gate.pass()
    }
    try await WorkerHarness.run(system) { harness in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(message, tag: 1))
      try await eventually("it runs") { events.count("run") == 1 }
      broker.lose(1)
      broker.deliver(.of(message, tag: 1, generation: 2, redelivered: true))
      try await eventually("the redelivery is taken") { harness.worker.figures.redelivered == 1 }
      gate.open()
      try await eventually("the acknowledgement") { broker.settlement(1, generation: 2) == .acknowledge }
      #expect(events.count("run") == 1)
      #expect(broker.settlement(1) == nil)
    }
  }

  @Test("A redelivery of a message that ended meanwhile is acknowledged", arguments: [true, false])
  func finished(isNoticedLate: Bool) async throws {
    let broker = HandBroker()
    let gate = TestGate()
    let events = EventLog()
    var system = ActorSystem(middleware: [])
    system.broker = .instance(broker)
    system.actor("works", queue: "hand") { () in
      events.add("run")
      await gate.pass()
      events.add("end")
    }
    try await WorkerHarness.run(system) { harness in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(message, tag: 1))
      try await eventually("it runs") { events.count("run") == 1 }
      if isNoticedLate { broker.loseSilently(1) } else { broker.lose(1) }
      gate.open()
      try await eventually("it ended") { harness.worker.figures.processed == 1 }
      if isNoticedLate { broker.lose(1) }
      broker.deliver(.of(message, tag: 9, generation: 2, redelivered: true))
      try await eventually("the acknowledgement") { broker.settlement(9, generation: 2) == .acknowledge }
      #expect(events.count("run") == 1)
      // Another message with the same body, not a redelivery: it runs.
      broker.deliver(.of(message, tag: 10, generation: 2))
      try await eventually("the copy runs") { events.count("end") == 2 }
    }
  }

  @Test("Lost twice while it runs, it is still settled by the last redelivery alone")
  func lostTwice() async throws {
    let broker = HandBroker()
    let gate = TestGate()
    let events = EventLog()
    var system = ActorSystem(middleware: [])
    system.broker = .instance(broker)
    system.actor("works", queue: "hand") { () in
      events.add("run")
      await gate.pass()
    }
    try await WorkerHarness.run(system) { harness in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(message, tag: 1))
      try await eventually("it runs") { events.count("run") == 1 }
      for generation in [2, 3] as [UInt32] {
        broker.lose(generation - 1)
        broker.deliver(.of(message, tag: 1, generation: generation, redelivered: true))
        try await eventually("taken") { harness.worker.figures.redelivered == UInt64(generation) - 1 }
      }
      gate.open()
      try await eventually("the acknowledgement") { broker.settlement(1, generation: 3) == .acknowledge }
      #expect(events.count("run") == 1)
      #expect(broker.settlement(1, generation: 2) == nil)
    }
  }

  @Test("A retry that could not be published before the loss waits for the redelivery, and is published then")
  func heldBack() async throws {
    let broker = HandBroker()
    broker.answerAlways(.unknown("cut"))
    let events = EventLog()
    var system = ActorSystem(middleware: [RetryAlways()])
    system.broker = .instance(broker)
    system.actor("works", queue: "hand") { () in
      events.add("run")
      throw ProbeError(text: "always")
    }
    try await WorkerHarness.run(system) { harness in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(message, tag: 1))
      try await eventually("the publish fails") { !harness.log.lines(containing: "not confirmed").isEmpty }
      broker.lose(1)
      broker.answerAlways(.confirmed)
      try await steadily("nothing is published", for: .milliseconds(300)) { broker.published.isEmpty }
      broker.deliver(.of(message, tag: 1, generation: 2, redelivered: true))
      try await eventually("the acknowledgement") { broker.settlement(1, generation: 2) == .acknowledge }
      #expect(events.count("run") == 1)
      #expect(broker.published.count == 1)
    }
  }

  @Test("What is remembered is bounded, and forgotten when it does not come back")
  func bounds() {
    let time = TestTime()
    let orphans = Orphans(capacity: 3, lifetime: .seconds(10), now: { time.now })
    for number in 1...5 {
      let run = Run(.of(Array("body \(number)".utf8), tag: UInt64(number)))
      orphans.adopt([run], of: 1)
      #expect(orphans.finish(run, isDone: true) == nil)
    }
    #expect(orphans.counts.finished == 3)
    func claim(_ number: Int) -> Orphans.Claim {
      orphans.claim(.of(Array("body \(number)".utf8), tag: 1, generation: 2, redelivered: true))
    }
    #expect(claim(1) == .unknown)
    #expect(claim(5) == .finished)
    #expect(claim(5) == .unknown)
    time.now += 11_000_000_000
    #expect(claim(4) == .unknown)
    #expect(orphans.counts.finished == 0)
  }

  @Test("What must run again is not remembered")
  func notDone() {
    let orphans = Orphans()
    let run = Run(.of(Array("body".utf8), tag: 1))
    orphans.adopt([run], of: 1)
    #expect(!orphans.canSettle(run))
    #expect(orphans.finish(run, isDone: false) == nil)
    #expect(orphans.claim(.of(Array("body".utf8), tag: 1, generation: 2, redelivered: true)) == .unknown)
  }

  @Test("Runs of a living channel are no orphans")
  func otherGeneration() {
    let orphans = Orphans()
    let run = Run(.of(Array("body".utf8), tag: 1, generation: 2))
    orphans.adopt([run], of: 1)
    #expect(!run.isOrphan)
    #expect(orphans.canSettle(run))
  }
}
