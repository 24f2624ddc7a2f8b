import Actors
import Glibc
import TestSupport
import Testing

/// Worker processes that are told to stop, killed, starved, or brought down by what they run.
@Suite(.serialized) struct ProcessTests {
  /// F01: a worker process is killed with 64 messages running; the supervisor starts another, and all of them run.
  @Test func killedWorkerLosesNothing() async throws {
    try await withWorkerProcess("f01") { worker, client in
      // Half a minute of work: on a busy machine it takes a while until the first tasks are noticed here.
      let ids = try await worker.send("sleep", 1_000, times: 2_000, with: client)
      let fleet = try worker.supervise(["--processes", "1", "--concurrency", "64"])
      try await eventually("some have run") { try worker.journal.entries.count >= 70 }
      let victim = try #require(LaunchedProcess.children(of: fleet.pid).first)
      kill(victim, SIGKILL)
      try await eventually("all have run") { try worker.journal.runs.count == ids.count }
      let entries = try worker.journal.entries
      #expect(Set(entries.map(\.id)) == Set(ids), "lost 0")
      #expect(entries.count - ids.count <= 64, "no more than the busy slots ran twice")
      #expect(entries.contains { $0.redelivered }, "the flag is seen")
      #expect(Set(entries.map(\.pid)).count == 2, "another process took over")
      fleet.signal(SIGTERM)
      #expect(try await fleet.waitForExit() == .code(0), "\(fleet.output.suffix(2_000))")
      try await eventually("nothing is left of it") { fleet.members.isEmpty }
      #expect(try await client.takeAll(worker.queue).isEmpty)
      await fleet.end()
    }
  }

  /// A worker with nothing to do does nothing, before its first message and after it.
  @Test func idleWorkerIsIdle() async throws {
    try await withWorkerProcess("idle") { worker, client in
      let process = try worker.start(worker.stateful)
      defer { process.signal(SIGTERM) }
      try await eventually("it consumes") { process.output.contains("consuming") }
      for round in 1...3 {
        let before = try #require(ProcessStatus(process.pid)).cpuTime
        try await steadily("idle", for: .seconds(1)) { process.isRunning }
        let used = try #require(ProcessStatus(process.pid)).cpuTime - before
        #expect(used < .milliseconds(300), "used \(used) in a second without work")
        try await worker.send("sleep", 1, with: client)
        try await eventually("message \(round) has run") { try worker.journal.entries.count == round }
      }
    }
  }

  /// F02: SIGTERM with 10,000 messages in flight. What runs ends, the rest goes back, nothing runs twice.
  @Test func terminationDrainsAndRepeatsNothing() async throws {
    try await withWorkerProcess("f02") { worker, client in
      let ids = try await worker.send("sleep", 20, times: 12_000, with: client)
      let first = try worker.start(["--concurrency", "16", "--prefetch", "10000", "--drain-timeout", "60s"])
      try await eventually("it works") { try worker.journal.entries.count >= 200 }
      first.signal(SIGTERM)
      #expect(try await first.waitForExit() == .code(0), "\(first.output.suffix(2_000))")
      let ran = Set(try worker.journal.entries.map(\.id))
      #expect(ran.count < ids.count)
      #expect(try worker.journal.entries.count == ran.count, "nothing ran twice")
      var left: Set<String> = []
      try await eventually("the rest is back on the queue") {
        for message in try await client.takeAll(worker.queue) {
          left.insert(try Message(decoding: message.body).id)
        }
        return left.count + ran.count >= ids.count
      }
      let repeated = left.intersection(ran).count
      #expect(repeated == 0, "what ran, \(ran.count), was acknowledged:\n\(first.output.suffix(2_000))")
      #expect(left.union(ran) == Set(ids))
    }
  }

  /// F03: a message that does not end; a second SIGTERM ends the process at once, and the message is back.
  @Test func secondSignalForcesTheEnd() async throws {
    try await withWorkerProcess("f03") { worker, client in
      try await worker.send("sleep", 600_000, with: client)
      let process = try worker.start(["--concurrency", "2", "--drain-timeout", "300s"] + worker.stateful)
      try await eventually("it runs") { worker.running == 1 }
      process.signal(SIGTERM)
      try await steadily("it waits for the message", for: .seconds(1)) { process.isRunning }
      process.signal(SIGTERM)
      #expect(try await process.waitForExit() == .code(1), "\(process.output.suffix(2_000))")
      #expect(try await client.waitFor(worker.queue).redelivered)
    }
  }

  /// F03: the drain deadline passes; the exit code says so, and the message is back.
  @Test func drainDeadlineGivesMessagesBack() async throws {
    try await withWorkerProcess("f03") { worker, client in
      try await worker.send("sleep", 600_000, with: client)
      try await worker.send("block", 600_000, with: client)
      let process = try worker.start(["--concurrency", "2", "--drain-timeout", "1s"] + worker.stateful)
      try await eventually("both run") { worker.running == 2 }
      process.signal(SIGTERM)
      #expect(try await process.waitForExit() == .code(75), "\(process.output.suffix(2_000))")
      #expect(try await client.waitFor(worker.queue).redelivered)
      #expect(try await client.waitFor(worker.queue).redelivered)
    }
  }

  /// F19: every thread is blocked, or busy, for longer than the heartbeat allows. The connection lives on.
  @Test(arguments: ["block", "spin"])
  func blockedThreadsDelayNoHeartbeat(actor: String) async throws {
    try await withWorkerProcess("f19") { worker, client in
      // More than three times the heartbeat; busy threads are few and not busy for long, for the sake of the other tests.
      let (count, heartbeat) = actor == "block" ? (8, 10) : (4, 4)
      let ids = try await worker.send(actor, heartbeat * 3_250, times: count, with: client)
      let process = try worker.start(["--concurrency", "8", "--threads", "\(count)"], heartbeat: heartbeat)
      try await eventually("all have run") { try worker.journal.runs.count == ids.count }
      let entries = try worker.journal.entries
      #expect(entries.count == ids.count, "each once")
      #expect(!entries.contains { $0.redelivered }, "no connection was lost")
      let lastStart = try #require(entries.map(\.start).max())
      let firstEnd = try #require(entries.map(\.end).min())
      #expect(lastStart < firstEnd, "with a thread for each, all run at once")
      #expect(!process.output.contains("connection was lost"), "\(process.output.suffix(2_000))")
      process.signal(SIGTERM)
      #expect(try await process.waitForExit() == .code(0))
      #expect(try await client.takeAll(worker.queue).isEmpty)
    }
  }

  /// F22: past its limit and deaf to cancellation. The slot is replaced, then the process leaves with its own code,
  /// and the message is a dead letter of its last attempt; its neighbours are not hurt.
  @Test func deafMessageEndsTheProcessOnly() async throws {
    try await withWorkerProcess("f22") { worker, client in
      let stuck = try await worker.send(
        "block", 600_000, options: "{\"time_limit\":500,\"max_retries\":0}", with: client)
      let process = try worker.start(
        ["--concurrency", "1", "--threads", "1", "--drain-timeout", "3s"] + worker.stateful,
        environment: ["TEST_GRACE_MS": "500", "TEST_HARD_MS": "8000"])
      try await eventually("it runs") { worker.running == 1 }
      let others = try await worker.send("noop", 0, times: 20, with: client)
      try await eventually("the replaced slot runs the others") {
        try worker.journal.runs.keys.count == others.count
      }
      #expect(process.isRunning, "before the hard limit")
      #expect(try await process.waitForExit() == .code(70), "\(process.output.suffix(2_000))")
      let letter = try await client.waitFor("\(worker.queue).XQ")
      #expect(letter.text.contains(stuck[0]))
      #expect(letter.properties.headers?["x-troupe-reason"]?.text == "time_limit")
      #expect(try await client.takeAll(worker.queue).isEmpty)
    }
  }

  /// F26: messages that bring their process down, each in its way. After the third time they are dead letters; every
  /// neighbour runs.
  @Test(arguments: ["trap", "segfault", "overflow"])
  func crashingMessageIsParkedAlone(actor: String) async throws {
    try await withWorkerProcess("f26") { worker, client in
      let before = try await worker.send("sleep", 20, times: 30, with: client)
      let poison = try await worker.send(actor, 99, with: client)
      let after = try await worker.send("sleep", 20, times: 30, with: client)
      let fleet = try worker.supervise(["--processes", "1", "--concurrency", "8"])
      let letter = try await client.waitFor("\(worker.queue).XQ")
      #expect(letter.text.contains(poison[0]))
      #expect(letter.properties.headers?["x-troupe-reason"]?.text == "crashed")
      try await eventually("the neighbours have run") {
        try worker.journal.runs.count == before.count + after.count
      }
      #expect(try worker.journal.entries.allSatisfy { $0.outcome == "ok" })
      let pids = Set(try worker.journal.entries.map(\.pid))
      #expect(pids.count <= 4, "no more than three crashes")
      #expect(fleet.isRunning)
      fleet.signal(SIGTERM)
      #expect(try await fleet.waitForExit() == .code(0), "\(fleet.output.suffix(2_000))")
      #expect(try await client.takeAll("\(worker.queue).XQ").isEmpty, "nobody else")
      #expect(try await client.takeAll(worker.queue).isEmpty)
      await fleet.end()
    }
  }

  /// F26: three messages that crash, two processes. A survivor gets a message of the dead before the supervisor has
  /// counted its crash; still none runs more often than three times.
  @Test func severalCrashingMessagesAreParkedByTwoProcesses() async throws {
    try await withWorkerProcess("f26") { worker, client in
      var neighbours = try await worker.send("sleep", 20, times: 60, with: client)
      var poison: [String] = []
      for actor in ["trap", "segfault", "overflow"] {
        poison += try await worker.send(actor, 99, with: client)
        neighbours += try await worker.send("sleep", 20, times: 20, with: client)
      }
      let fleet = try worker.supervise(["--processes", "2", "--concurrency", "8"])
      var parked: Set<String> = []
      // A copy too many is one whose acknowledgement went down with a crash of another.
      while parked.count < poison.count {
        let letter = try await client.waitFor("\(worker.queue).XQ", within: .seconds(120))
        #expect(letter.properties.headers?["x-troupe-reason"]?.text == "crashed")
        #expect(letter.properties.headers?["x-troupe-error"]?.text?.contains("in 3 crashes") == true)
        parked.insert(try Message(decoding: letter.body).id)
      }
      #expect(parked == Set(poison))
      try await eventually("the neighbours have run") {
        try Set(worker.journal.runs.keys) == Set(neighbours)
      }
      // Two that crash at the same moment share a crash, and one of them may not have come to its first line.
      #expect(poison.allSatisfy { (1...3).contains(worker.runs(ofCrashing: $0)) })
      fleet.signal(SIGTERM)
      #expect(try await fleet.waitForExit() == .code(0), "\(fleet.output.suffix(2_000))")
      let copies = try await client.takeAll("\(worker.queue).XQ").map { try Message(decoding: $0.body).id }
      #expect(parked.isSuperset(of: copies), "nobody else")
      #expect(try await client.takeAll(worker.queue).isEmpty)
      await fleet.end()
    }
  }

  /// F26: the supervisor is not there to count (stopped): the survivors count by themselves, and what it tells
  /// afterwards adds nothing.
  @Test func survivorsCountCrashesThemselves() async throws {
    try await withWorkerProcess("f26") { worker, client in
      let fleet = try worker.supervise(["--processes", "4", "--concurrency", "4"])
      try await eventually("all consume") { worker.consumers == 4 }
      fleet.signal(SIGSTOP)
      let poison = try await worker.send("trap", 99, with: client)[0]
      let neighbours = try await worker.send("sleep", 20, times: 60, with: client)
      let letter = try await client.waitFor("\(worker.queue).XQ")
      #expect(letter.text.contains(poison))
      #expect(worker.runs(ofCrashing: poison) == 3)
      #expect(LaunchedProcess.children(of: fleet.pid).count == 1, "one is left")
      fleet.signal(SIGCONT)
      try await eventually("the fleet is whole again") {
        LaunchedProcess.children(of: fleet.pid).count == 4 && worker.consumers == 4
      }
      try await eventually("the neighbours have run") {
        try Set(worker.journal.runs.keys) == Set(neighbours)
      }
      let ledger = CrashLedger(directory: "\(worker.folder)/state")
      try ledger.recordCrash(of: [poison])
      #expect(ledger.verdict(of: poison) == .clear, "put back by hand it would get a fresh start")
      fleet.signal(SIGTERM)
      #expect(try await fleet.waitForExit() == .code(0), "\(fleet.output.suffix(2_000))")
      #expect(try await client.takeAll(worker.queue).isEmpty)
      await fleet.end()
    }
  }

  /// A message that crashes twice and then behaves is run alone, comes to its end, and is forgiven.
  @Test func suspectThatBehavesIsForgiven() async throws {
    try await withWorkerProcess("f26") { worker, client in
      let ids = try await worker.send("trap", 2, with: client)
      let fleet = try worker.supervise(["--processes", "1", "--concurrency", "4"])
      try await eventually("the third delivery ends well") {
        try worker.journal.runs[ids[0]] == 1
      }
      fleet.signal(SIGTERM)
      #expect(try await fleet.waitForExit() == .code(0), "\(fleet.output.suffix(2_000))")
      #expect(try await client.takeAll("\(worker.queue).XQ").isEmpty)
      await fleet.end()
    }
  }

  /// The supervisor is killed: its workers notice and drain by themselves.
  @Test func killedSupervisorLeavesNoOrphans() async throws {
    try await withWorkerProcess("orphans") { worker, client in
      let fleet = try worker.supervise(["--processes", "2", "--concurrency", "4", "--drain-timeout", "30s"])
      try await eventually("both consume") { worker.consumers == 2 }
      let ids = try await worker.send("sleep", 300, times: 100, with: client)
      try await eventually("they work") { try Set(worker.journal.entries.map(\.pid)).count == 2 }
      fleet.signal(SIGKILL)
      #expect(try await fleet.waitForExit() == .signal(SIGKILL))
      try await eventually("nobody is left") {
        try worker.journal.entries.allSatisfy { ProcessStatus(pid_t($0.pid)).map { $0.state == "Z" } ?? true }
      }
      let ran = try worker.journal.runs
      #expect(ran.values.allSatisfy { $0 == 1 })
      #expect(try await client.takeAll(worker.queue).count == ids.count - ran.count, "the others are back")
      await fleet.end()
    }
  }

  /// F23: the worker dies while messages are delayed. None is held in it, so none is early, late or lost.
  @Test func killedWorkerHoldsNoDelayedMessage() async throws {
    try await withWorkerProcess("f23") { worker, client in
      let now = WireMessage(queue: worker.queue, actor: "noop").timestamp
      let due = now + 30_000
      let messages = (0..<500).map { _ in
        WireMessage(queue: "\(worker.queue).DQ", actor: "noop", args: "[0]", options: "{\"eta\":\(due)}")
      }
      try await client.publish(texts: messages.map(\.text), to: "\(worker.queue).DQ")
      let first = try worker.start()
      try await eventually("the delay queue is empty", within: .seconds(28)) {
        try await client.ready("\(worker.queue).DQ") == 0
      }
      try await eventually("it has taken them all over", within: .seconds(28)) {
        try await client.figures("\(worker.queue).DQ")?.consumers == 1
      }
      first.signal(SIGKILL)
      #expect(try await first.waitForExit() == .signal(SIGKILL))
      let second = try worker.start()
      try await eventually("all run") { try worker.journal.runs.count == messages.count }
      let entries = try worker.journal.entries
      #expect(entries.allSatisfy { $0.start >= due }, "none early")
      #expect(Set(entries.map(\.id)) == Set(messages.map(\.id)))
      second.signal(SIGTERM)
      #expect(try await second.waitForExit() == .code(0))
    }
  }

  /// F07: no broker, and a limit to the patience.
  @Test func absentBrokerEndsWithItsCode() async throws {
    let port = try FreePort.next()
    let worker = try WorkerProcess(queue: "nowhere", url: "amqp://guest:guest@127.0.0.1:\(port)/%2F")
    let process = try worker.start(["--connect-timeout", "1s"])
    #expect(try await process.waitForExit() == .code(69), "\(process.output.suffix(2_000))")
    #expect(!process.output.contains("guest:guest"))
  }
}
