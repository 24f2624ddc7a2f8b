import Actors
import TestSupport
import Testing

/// Time passes in the broker, not in a worker.
@Suite struct DelayTests {
  /// Sends one message through the library's own sender.
  private func send(_ broker: RabbitMQBroker, _ message: WireMessage, after delay: Duration) async throws {
    var system = ActorSystem()
    system.broker = .instance(broker)
    let sender = try MessageSender(system)
    let decoded = try Message(decoding: Array(message.text.utf8))
    try await sender.send(OutgoingMessage(message: decoded, delay: delay))
  }

  /// Delays of all sizes: none early, none much late.
  @Test func delaysAreKept() async throws {
    struct Run: Sendable {
      let due: Int64
      let at: Int64
    }
    let runs = Seen<Run>()
    try await withQueue("delays") { queue, client in
      try await withWorker(TestBroker.url(), .test(concurrency: 32)) { system in
        system.actor("due", queue: queue) { (due: Int64) in runs.add(Run(due: due, at: WallClock.now)) }
      } _: { _ in
        try await withBroker(TestBroker.url()) { broker in
          broker.register(QueueDeclaration(queue))
          // Nothing shorter than 4 ms: that is no delay.
          let delays: [Int64] = [2_500, 1_000, 10, 40, 100, 333, 800, 1_500, 4, 1_999, 64, 512]
          for delay in delays {
            let due = WallClock.now + delay
            try await send(
              broker, WireMessage(queue: queue, actor: "due", args: "[\(due)]"), after: .milliseconds(delay))
          }
          try await eventually("all run") { runs.count == delays.count }
        }
      }
      for run in runs.all {
        #expect(run.at >= run.due, "early by \(run.due - run.at) ms")
        // What a machine busy with other tests adds is seconds, a level too many of the ladder is thousands of them.
        #expect(run.at - run.due < 20_000, "late by \(run.at - run.due) ms")
      }
      #expect(try await client.takeAll("\(queue).DQ").isEmpty, "none was held in the delay queue")
    }
  }

  /// F24: thousands of far delays do not block a near one.
  @Test func nearDelayOvertakesFarOnes() async throws {
    let runs = Seen<String>()
    try await withQueue("f24") { queue, client in
      try await withWorker(TestBroker.url()) { system in
        system.actor("named", queue: queue) { (name: String) in runs.add(name) }
      } _: { worker in
        try await withBroker(TestBroker.url()) { broker in
          broker.register(QueueDeclaration(queue))
          let far = (0..<2_000).map { number in
            Publication(
              route: .delayed(queue: queue, by: .seconds(3_600 + number)),
              body: .bytes(Array(WireMessage(queue: queue, actor: "named", args: "[\"far\"]").text.utf8)))
          }
          #expect(await broker.publish(far).allSatisfy(\.isConfirmed))
          try await send(
            broker, WireMessage(queue: queue, actor: "named", args: "[\"near\"]"), after: .milliseconds(300))
          try await eventually("the near one runs") { runs.all == ["near"] }
          #expect(worker.figures.running == 0)
        }
      }
      #expect(runs.all == ["near"])
    }
  }

  /// A queue is deleted while messages are on their way to it: the delays of other queues are kept all the same.
  @Test func delaysToADeletedQueueBlockNoOther() async throws {
    // A ladder of its own: should it be blocked, the other tests are not.
    let prefix = uniqueName("ladder")
    try await withQueue("gone") { gone, _ in
      try await withQueue("stays") { stays, client in
        try await withBroker(TestBroker.url(), { $0.delayPrefix = prefix }) { broker in
          func delayed(_ queue: String, _ count: Int) -> [Publication] {
            (0..<count).map {
              Publication(route: .delayed(queue: queue, by: .milliseconds(1_000)), body: .bytes(Array("m\($0)".utf8)))
            }
          }
          #expect(await broker.publish(delayed(gone, 200)).allSatisfy(\.isConfirmed))
          try await client.deleteAll(of: gone)
          let due = ContinuousClock.now + .seconds(2)
          try await steadily("on their way to nowhere", for: due - .now) { true }
          #expect(await broker.publish(delayed(stays, 50)).allSatisfy(\.isConfirmed))
          try await eventually("the others arrive") { try await client.ready(stays) == 50 }
        }
        for level in 0..<29 { try await client.delete("\(prefix).\(level < 10 ? "0" : "")\(level)") }
      }
    }
  }

  /// Somebody made a queue of the ladder's name with other arguments: delayed messages cannot be sent, and the sender
  /// is told the difference. What is not delayed goes on, each once.
  @Test func conflictingLadderIsToldAsADifference() async throws {
    let prefix = uniqueName("ladder")
    let logs = LogCapture()
    try await withQueue("conflict") { queue, client in
      let arguments: [String: WireValue] = [
        "x-queue-type": .string("quorum"), "x-dead-letter-strategy": .string("at-least-once"),
        "x-overflow": .string("reject-publish"), "x-dead-letter-exchange": .string("\(prefix).04"),
        "x-message-ttl": .int32(1_234),
      ]
      try await client.declare("\(prefix).05", arguments: arguments)
      try await withBroker(TestBroker.url(), logs: logs, { $0.delayPrefix = prefix }) { broker async throws in
        broker.register(QueueDeclaration(queue))
        let names = (0..<200).map { "m\($0)" }
        let late = Publication(route: .delayed(queue: queue, by: .seconds(1)), body: .bytes([1]))
        var publications = names.map { Publication.text($0, to: queue) }
        publications.insert(late, at: 100)
        let outcomes = await broker.publish(publications)
        #expect(outcomes.count { $0.isConfirmed } == 200)
        guard case .returned(let text) = outcomes[100] else {
          Issue.record("\(outcomes[100])")
          return
        }
        for part in ["queue \(prefix).05 exists with other arguments", "x-message-ttl", "'256'", "'1234'"] {
          #expect(text.contains(part), "\(text)")
        }
        #expect(try await client.takeAll(queue).map(\.text) == names, "each once")
        let error = await #expect(throws: SendError.self) {
          try await send(broker, WireMessage(queue: queue, actor: "any"), after: .seconds(1))
        }
        #expect(error.map { "\($0)".contains("delayed messages cannot be sent") } == true)
      }
      let told = logs.lines(from: .error).count { $0.message.contains("x-message-ttl") }
      #expect(told == 1, "told once:\n\(logs.text)")
      for level in 0..<6 { try await client.delete("\(prefix).0\(level)") }
      try await client.delete("\(prefix).undeliverable")
    }
  }

  /// dramatiq peers put delayed messages on `q.DQ`. They are taken over, near ones behind far ones too, and none is
  /// held.
  @Test func delayQueueOfPeersIsTakenOver() async throws {
    let runs = Seen<String>()
    try await withQueue("dq") { queue, client in
      try await client.declareLikeDramatiq(queue)
      func delayed(_ name: String, _ eta: Int64) -> WireMessage {
        WireMessage(queue: "\(queue).DQ", actor: "named", args: "[\"\(name)\"]", options: "{\"eta\":\(eta)}")
      }
      let now = WallClock.now
      try await client.publish(
        texts: (0..<500).map { _ in delayed("far", now + 3_600_000).text }, to: "\(queue).DQ")
      try await client.publish(text: delayed("past", now - 1_000).text, to: "\(queue).DQ")
      try await client.publish(text: delayed("near", now + 1_500).text, to: "\(queue).DQ")
      try await client.publish(text: "garbage", to: "\(queue).DQ")
      let ends = Seen<Int64>()
      try await withWorker(TestBroker.url()) { system in
        system.add(
          ActorDefinition(name: "named", options: ActorOptions(queue: queue)) { context in
            let message = context.message
            runs.add("\(message.arguments.text) \(message.queueName == queue) \(message.options.contains("eta"))")
            ends.add(WallClock.now)
            return nil
          })
      } _: { _ in
        try await eventually("both due ones run") { runs.count == 2 }
        try await eventually("the delay queue is empty") { try await client.ready("\(queue).DQ") == 0 }
        let letter = try await client.waitFor("\(queue).XQ")
        #expect(letter.text == "garbage")
      }
      #expect(runs.all.sorted() == ["[\"near\"] true false", "[\"past\"] true false"])
      let near = zip(runs.all, ends.all).first { $0.0.contains("near") }?.1 ?? 0
      #expect(near >= now + 1_500, "not early")
      #expect(try await client.takeAll("\(queue).DQ").isEmpty, "nothing came back: nothing had been held")
      #expect(try await client.takeAll(queue).isEmpty)
    }
  }

  /// F36: everything fails at once. Back-off spreads the retries; nothing spins.
  @Test func failingActorMakesNoStorm() async throws {
    struct Failure: Error {}
    struct Run: Sendable {
      let id: String
      let attempt: Int
      let at = ContinuousClock.now
    }
    let runs = Seen<Run>()
    try await withQueue("f36") { queue, client in
      try await client.declareLikeDramatiq(queue)
      try await client.publish(
        texts: (0..<2_000).map { _ in WireMessage(queue: queue, actor: "fails").text }, to: queue)
      try await withWorker(TestBroker.url(), .test(concurrency: 32)) { system in
        system.actor("fails", queue: queue) {
          runs.add(Run(id: MessageContext.current?.message.id ?? "", attempt: MessageContext.current?.attempt ?? 0))
          throw Failure()
        }
      } _: { worker in
        try await eventually("each failed once") { worker.figures.retried >= 2_000 }
        let until = ContinuousClock.now + .seconds(3)
        try await eventually("the time of a storm passes") { ContinuousClock.now >= until }
      }
      let firsts = Dictionary(grouping: runs.all.filter { $0.attempt == 1 }, by: \.id)
      #expect(firsts.count == 2_000)
      #expect(firsts.values.allSatisfy { $0.count == 1 }, "each once before its retry")
      // On a slow machine the last ones fail when the first back-off is over.
      for again in runs.all where again.attempt > 1 {
        let first = try #require(firsts[again.id]?.first)
        #expect(again.at - first.at >= .seconds(15), "no second attempt within the first back-off")
      }
    }
  }
}
