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

  /// Delays of all sizes: none early, none much late, in due order.
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
          let delays: [Int64] = [2_500, 1_000, 10, 40, 100, 333, 800, 1_500, 3, 1_999, 64, 512]
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
        #expect(run.at - run.due < 3_000, "late by \(run.at - run.due) ms")
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
          let start = ContinuousClock.now
          try await send(
            broker, WireMessage(queue: queue, actor: "named", args: "[\"near\"]"), after: .milliseconds(300))
          try await eventually("the near one runs", within: .seconds(10)) { runs.all == ["near"] }
          #expect(ContinuousClock.now - start < .seconds(4))
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
          try await eventually("the others arrive", within: .seconds(15)) { try await client.ready(stays) == 50 }
        }
        for level in 0..<29 { try await client.delete("\(prefix).\(level < 10 ? "0" : "")\(level)") }
      }
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
        try await eventually("both due ones run", within: .seconds(20)) { runs.count == 2 }
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
    let runs = Seen<Int>()
    try await withQueue("f36") { queue, client in
      try await client.declareLikeDramatiq(queue)
      try await client.publish(
        texts: (0..<2_000).map { _ in WireMessage(queue: queue, actor: "fails").text }, to: queue)
      try await withWorker(TestBroker.url(), .test(concurrency: 32)) { system in
        system.actor("fails", queue: queue) {
          runs.add(MessageContext.current?.attempt ?? 0)
          throw Failure()
        }
      } _: { worker in
        try await eventually("each failed once", within: .seconds(60)) { worker.figures.retried == 2_000 }
        try await steadily("no second attempt within the first back-off of 15 s", for: .seconds(3)) {
          runs.count == 2_000
        }
        #expect(try await client.ready(queue) == 0)
      }
      #expect(runs.all.allSatisfy { $0 == 1 })
    }
  }
}
