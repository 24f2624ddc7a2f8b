import TestSupport
import Testing

@testable import Actors

@Suite("Messages that were running in crashes")
struct SuspectTests {
  private func system(_ broker: HandBroker, _ gate: TestGate, _ events: EventLog) -> ActorSystem {
    var system = ActorSystem(middleware: [])
    system.broker = .instance(broker)
    system.actor("waits", queue: "hand") { () in
      events.add("wait")
      await gate.pass()
    }
    system.actor("works", queue: "hand") { (name: String) in
      events.add("begin \(name)")
      await Task.yield()
      events.add("end \(name)")
    }
    return system
  }

  private func work(_ name: String, id: String) throws -> Message {
    Message(queueName: "hand", actorName: "works", arguments: try JSONText(encoding: [name]), id: id)
  }

  @Test("A suspect waits for the others, runs alone, and is cleared when it ends")
  func alone() async throws {
    let folder = try TestFolder()
    let ledger = CrashLedger(directory: folder.path)
    for _ in 0..<2 { try ledger.recordCrash(of: ["bad"]) }
    let (broker, gate, events) = (HandBroker(), TestGate(), EventLog())
    let configuration = WorkerConfiguration(concurrency: 4, threads: 4, stateDirectory: folder.path, isSupervised: true)
    try await WorkerHarness.run(system(broker, gate, events), configuration) { harness in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(Message(queueName: "hand", actorName: "waits"), tag: 1))
      try await eventually("another message runs") { events.count("wait") == 1 }
      broker.deliver(.of(try work("suspect", id: "bad"), tag: 2, redelivered: true))
      try await eventually("it is found out") { !harness.log.lines(containing: "it runs alone").isEmpty }
      broker.deliver(.of(try work("later", id: "good"), tag: 3))
      try await steadily("nothing starts", for: .milliseconds(200)) { events.all == ["wait"] }
      gate.open()
      try await eventually("all ended") { broker.settlement(3) == .acknowledge }
      #expect(events.all == ["wait", "begin suspect", "end suspect", "begin later", "end later"])
      #expect(broker.settlement(2) == .acknowledge)
      #expect(ledger.verdict(of: "bad") == .clear)
    }
  }

  @Test("A message that was running in three crashes is dead-lettered unrun, and has a fresh start when it is put back")
  func condemned() async throws {
    let folder = try TestFolder()
    let ledger = CrashLedger(directory: folder.path)
    for _ in 0..<3 { try ledger.recordCrash(of: ["bad"]) }
    let (broker, gate, events) = (HandBroker(), TestGate(), EventLog())
    let configuration = WorkerConfiguration(concurrency: 4, stateDirectory: folder.path, isSupervised: true)
    try await WorkerHarness.run(system(broker, gate, events), configuration) { _ in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(try work("bad", id: "bad"), tag: 1, redelivered: true))
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      #expect(broker.published.first?.properties.headers["x-troupe-reason"] == .string("crashed"))
      broker.deliver(.of(try work("bad", id: "bad"), tag: 2, redelivered: true))
      try await eventually("once more, its acknowledgement was lost") { broker.settlement(2) == .acknowledge }
      #expect(broker.published.count == 2)
      #expect(events.all.isEmpty)
      try ledger.recordCrash(of: ["bad"])
      #expect(ledger.verdict(of: "bad") == .clear)
    }
  }

  @Test("A crash that the supervisor has not counted yet condemns, and is not counted once more")
  func uncountedCrash() async throws {
    let folder = try TestFolder()
    let ledger = CrashLedger(directory: folder.path)
    for _ in 0..<2 { try ledger.recordCrash(of: ["bad"]) }
    let path = WorkerStateFile.path(in: folder.path, slot: 1)
    var sibling: WorkerStateFile? = try WorkerStateFile(path: path, slotCount: 4)
    sibling?.begin(1, key: "bad")
    let (broker, gate, events) = (HandBroker(), TestGate(), EventLog())
    let configuration = WorkerConfiguration(concurrency: 4, stateDirectory: folder.path, isSupervised: true)
    try await WorkerHarness.run(system(broker, gate, events), configuration) { harness in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(try work("while the sibling lives", id: "bad"), tag: 1, redelivered: true))
      try await eventually("it runs, alone") { broker.settlement(1) == .acknowledge }
      #expect(!harness.log.lines(containing: "it runs alone").isEmpty)
      #expect(events.count("end while the sibling lives") == 1)
      for _ in 0..<2 { try ledger.recordCrash(of: ["bad"]) }
      sibling = nil
      broker.deliver(.of(try work("after its death", id: "bad"), tag: 2, redelivered: true))
      try await eventually("the acknowledgement") { broker.settlement(2) == .acknowledge }
      #expect(broker.published.first?.properties.headers["x-troupe-reason"] == .string("crashed"))
      #expect(events.count("begin after its death") == 0)
      let left = try #require(WorkerStateFile.readLeftover(path: path))
      for _ in 0..<2 { try ledger.recordCrash(of: left.running, life: left.life) }
      #expect(ledger.verdict(of: "bad") == .condemned(crashes: 3))
    }
  }

  @Test("A suspect is cleared only when what follows from its run is safe")
  func clearedWhenSafe() async throws {
    let folder = try TestFolder()
    let ledger = CrashLedger(directory: folder.path)
    for _ in 0..<2 { try ledger.recordCrash(of: ["bad"]) }
    let (broker, events) = (HandBroker(), EventLog())
    broker.answerAlways(.nacked)
    var system = ActorSystem(middleware: [RetryAlways()])
    system.broker = .instance(broker)
    system.actor("fails", queue: "hand") { () in
      events.add("run")
      throw ProbeError(text: "always")
    }
    let configuration = WorkerConfiguration(concurrency: 4, stateDirectory: folder.path, isSupervised: true)
    try await WorkerHarness.run(system, configuration) { harness in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(
        .of(Message(queueName: "hand", actorName: "fails", id: "bad"), tag: 1, redelivered: true))
      try await eventually("the retry is refused") { !harness.log.lines(containing: "not confirmed").isEmpty }
      #expect(events.count("run") == 1)
      #expect(ledger.verdict(of: "bad") == .suspect(crashes: 2), "a crash now would bring it again")
      broker.answerAlways(.confirmed)
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      #expect(ledger.verdict(of: "bad") == .clear)
    }
  }

  @Test("A message that was never delivered before is not looked up")
  func firstDelivery() async throws {
    let folder = try TestFolder()
    let ledger = CrashLedger(directory: folder.path)
    for _ in 0..<3 { try ledger.recordCrash(of: ["same id"]) }
    let (broker, gate, events) = (HandBroker(), TestGate(), EventLog())
    let configuration = WorkerConfiguration(concurrency: 4, stateDirectory: folder.path, isSupervised: true)
    try await WorkerHarness.run(system(broker, gate, events), configuration) { _ in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(try work("fresh", id: "same id"), tag: 1))
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      #expect(events.count("end fresh") == 1)
    }
  }

  @Test("Without a supervisor a worker counts the crash of the process before it by itself")
  func leftover() async throws {
    let folder = try TestFolder()
    let ledger = CrashLedger(directory: folder.path)
    try ledger.recordCrash(of: ["bad"])
    var dead: WorkerStateFile? = try WorkerStateFile(
      path: WorkerStateFile.path(in: folder.path, slot: 0), slotCount: 4)
    dead?.begin(1, key: "bad")
    dead = nil
    let (broker, gate, events) = (HandBroker(), TestGate(), EventLog())
    let configuration = WorkerConfiguration(concurrency: 4, stateDirectory: folder.path)
    try await WorkerHarness.run(system(broker, gate, events), configuration) { harness in
      try await eventually("consuming") { broker.isConsumed }
      #expect(ledger.verdict(of: "bad") == .suspect(crashes: 2))
      #expect(!harness.log.lines(containing: "crashed while it ran").isEmpty)
      let path = WorkerStateFile.path(in: folder.path, slot: 0)
      try await eventually("its own file says so") { WorkerStateFile.read(path: path)?.state == .consuming }
      broker.deliver(.of(Message(queueName: "hand", actorName: "waits", id: "now"), tag: 1))
      try await eventually("its file names what runs") { WorkerStateFile.read(path: path)?.running == ["now"] }
      gate.open()
      try await eventually("and no longer") { WorkerStateFile.read(path: path)?.running == [] }
    }
    #expect(WorkerStateFile.read(path: WorkerStateFile.path(in: folder.path, slot: 0))?.state == .stopped)
  }
}
