import Actors
import TestSupport
import Testing

/// What a worker does with messages that take too long, or share it with others.
@Suite struct TimeLimitTests {
  /// F21: a run past its limit is cancelled, and retried by the normal rules.
  @Test func overrunIsCancelledAndRetried() async throws {
    struct Run: Sendable {
      let attempt: Int
      let took: Duration
    }
    let runs = Seen<Run>()
    let logs = LogCapture()
    try await withQueue("f21") { queue, client in
      try await withWorker(TestBroker.url(), logs: logs) { system in
        system.actor("sleeps", queue: queue) {
          let start = ContinuousClock.now
          defer {
            runs.add(Run(attempt: MessageContext.current?.attempt ?? 0, took: ContinuousClock.now - start))
          }
          try await Task.sleep(for: .seconds(600))
        }
      } _: { _ in
        let options = "{\"time_limit\":300,\"max_retries\":2,\"min_backoff\":50,\"max_backoff\":100}"
        try await client.publish(text: WireMessage(queue: queue, actor: "sleeps", options: options).text, to: queue)
        let letter = try await client.waitFor("\(queue).XQ")
        #expect(letter.properties.headers?["x-troupe-reason"]?.text == "time_limit")
        #expect(letter.properties.headers?["x-troupe-attempts"]?.integer == 3)
      }
    }
    #expect(runs.all.map(\.attempt) == [1, 2, 3], "\(logs.text)")
    for run in runs.all {
      #expect(run.took >= .milliseconds(200))
      #expect(run.took < .seconds(20), "cancelled long after its limit")
    }
  }

  /// Two workers on one queue: when nothing fails, each message runs once.
  @Test func twoWorkersShareAQueue() async throws {
    let runs = Seen<Int>()
    try await withQueue("shared") { queue, client in
      func configure(_ system: inout ActorSystem) {
        system.actor("count", queue: queue) { (number: Int) in runs.add(number) }
      }
      try await withWorker(TestBroker.url()) {
        configure(&$0)
      } _: { first in
        try await withWorker(TestBroker.url()) {
          configure(&$0)
        } _: { second in
          try await client.publish(
            texts: (0..<1_000).map { WireMessage(queue: queue, actor: "count", args: "[\($0)]").text }, to: queue)
          try await eventually("all have run") { runs.count >= 1_000 }
          #expect(first.figures.processed > 0 && second.figures.processed > 0, "both took part")
        }
      }
      #expect(runs.all.sorted() == Array(0..<1_000))
      #expect(try await client.takeAll(queue).isEmpty)
    }
  }
}
