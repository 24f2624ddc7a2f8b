import Actors
import Glibc
import TestSupport
import Testing

/// Actors that block the threads which also look after the connection.
@Suite struct BlockedThreadTests {
  /// With its only thread blocked for longer than the broker waits for heartbeats, the worker keeps its connection.
  @Test func theOnlyThreadIsBlocked() async throws {
    let logs = LogCapture()
    let runs = Seen<Bool>()
    let configuration = WorkerConfiguration(concurrency: 4, threads: 1, drainTimeout: .seconds(60))
    try await withQueue("blocked") { queue, client in
      try await withWorker(TestBroker.url(), configuration, logs: logs) {
        // Not shorter: with a broker that is busy with other tests, silence is no fault of this thread.
        $0.heartbeat = .seconds(10)
      } actors: { system in
        system.actor("blocks", queue: queue) {
          usleep(32_000_000)
          runs.add(MessageContext.current?.redelivered ?? true)
        }
        system.actor("quick", queue: queue) { runs.add(MessageContext.current?.redelivered ?? true) }
      } _: { _ in
        // So that the thread attends the connection when the message comes.
        for number in 1...5 {
          try await client.publish(text: WireMessage(queue: queue, actor: "quick").text, to: queue)
          try await eventually("run \(number)") { runs.count >= number }
        }
        try await client.publish(text: WireMessage(queue: queue, actor: "blocks").text, to: queue)
        try await client.publish(text: WireMessage(queue: queue, actor: "quick").text, to: queue)
        try await eventually("both have run") { runs.count >= 7 }
      }
      #expect(runs.all.allSatisfy { !$0 }, "nothing came twice:\n\(logs.text)")
      #expect(try await client.takeAll(queue).isEmpty)
      #expect(!logs.text.contains("lost"), "\(logs.text)")
    }
  }

  /// While one thread is blocked again and again, the others have everything that comes, and it is acknowledged.
  @Test func othersRunOn() async throws {
    let runs = Seen<Int>()
    let blocked = Seen<Int>()
    let configuration = WorkerConfiguration(concurrency: 4, threads: 2, prefetch: 8, drainTimeout: .seconds(60))
    try await withQueue("others") { queue, client in
      try await withWorker(TestBroker.url(), configuration) { system in
        system.actor("blocks", queue: queue, options: ActorOptions(maxRetries: 0)) { (number: Int) in
          usleep(300_000)
          blocked.add(number)
        }
        system.actor("quick", queue: queue) { (number: Int) in runs.add(number) }
      } _: { _ in
        let texts = (0..<2_000).map { number in
          let isSlow = number % 200 == 0
          return WireMessage(queue: queue, actor: isSlow ? "blocks" : "quick", args: "[\(number)]").text
        }
        try await client.publish(texts: texts, to: queue)
        // Ten times 300 ms one after the other; with a prefetch of 8 nothing gets here without acknowledgements.
        try await eventually("all have run") { runs.count == 1_990 && blocked.count == 10 }
      }
      #expect(runs.all.sorted() == (0..<2_000).filter { $0 % 200 != 0 })
      #expect(try await client.takeAll(queue).isEmpty)
    }
  }
}
