import Actors
import Synchronization
import TestSupport
import Testing

/// How far a worker reads ahead of itself.
@Suite struct FurtherReadAheadTests {
  /// While messages take microseconds the queue has a second consumer; when they begin to take long, what was read too far
  /// ahead goes back, and another worker runs it.
  @Test func readAheadFollowsTheTasks() async throws {
    let gate = Gate()
    let quick = Seen<Int>()
    let slow = Seen<Int>()
    let elsewhere = Seen<Int>()
    let configuration = WorkerConfiguration(concurrency: 64, threads: 4, drainTimeout: .seconds(20))
    let total = Lock(0)
    let slowOnes = 300
    try await withQueue("further") { queue, client in
      try await withWorker(TestBroker.url(), configuration) { system in
        system.actor("quick", queue: queue) { (number: Int) in quick.add(number) }
        system.actor("slow", queue: queue) { (number: Int) async throws in
          try await gate.pass()
          slow.add(number)
        }
      } _: { _ in
        // A machine that is busy otherwise may be slow for a while, so there is always more to do.
        try await eventually("the queue is read further ahead", within: .seconds(120)) {
          let sent = total.withLock { $0 }
          if quick.count > sent - 20_000 {
            let next = sent..<sent + 40_000
            try await client.publish(
              texts: next.map { WireMessage(queue: queue, actor: "quick", args: "[\($0)]").text }, to: queue)
            total.withLock { $0 = next.upperBound }
          }
          return try await client.figures(queue)?.consumers == 2
        }
        let total = total.withLock { $0 }
        try await client.publish(
          texts: (0..<slowOnes).map { WireMessage(queue: queue, actor: "slow", args: "[\($0)]").text }, to: queue)
        try await eventually("the quick ones have run") { quick.count == total }
        try await eventually("it is taken back") { try await client.figures(queue)?.consumers == 1 }
        // 64 run here, and with the usual prefetch 128 are here; some of the former may be beside the latter. The rest is
        // for the other worker.
        try await withWorker(TestBroker.url(), .test()) { system in
          system.actor("quick", queue: queue) { (_: Int) in }
          system.actor("slow", queue: queue) { (number: Int) in elsewhere.add(number) }
        } _: { _ in
          try await eventually("the others run elsewhere") { elsewhere.count >= slowOnes - 192 }
        }
        gate.open()
        try await eventually("the rest runs here") { slow.count + elsewhere.count == slowOnes }
      }
      #expect(quick.all.sorted() == Array(0..<total.withLock { $0 }), "each once")
      #expect((slow.all + elsewhere.all).sorted() == Array(0..<slowOnes), "each once")
      #expect(try await client.takeAll(queue).isEmpty)
    }
  }

  /// A prefetch that was asked for is kept to.
  @Test func givenPrefetchIsKept() async throws {
    let runs = Seen<Int>()
    let configuration = WorkerConfiguration(concurrency: 16, threads: 4, prefetch: 32, drainTimeout: .seconds(20))
    let most = Lock(0)
    try await withQueue("given") { queue, client in
      try await withWorker(TestBroker.url(), configuration) { system in
        system.actor("quick", queue: queue) { (number: Int) in runs.add(number) }
      } _: { _ in
        try await client.publish(
          texts: (0..<20_000).map { WireMessage(queue: queue, actor: "quick", args: "[\($0)]").text }, to: queue)
        try await eventually("all have run") {
          let consumers = try await client.figures(queue)?.consumers ?? 0
          most.withLock { $0 = max($0, consumers) }
          return runs.count == 20_000
        }
      }
      #expect(most.withLock { $0 } == 1)
    }
  }
}
