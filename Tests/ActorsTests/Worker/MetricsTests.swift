import Metrics
import Synchronization
import Testing

@testable import Actors

/// Keeps what is recorded, by label and dimensions.
private final class RecordingMetrics: MetricsFactory {
  final class Handler: CounterHandler, TimerHandler, RecorderHandler, Sendable {
    private let kept = Lock<[Int64]>([])
    var values: [Int64] { kept.withLock { $0 } }
    func increment(by amount: Int64) { kept.withLock { $0.append(amount) } }
    func reset() {}
    func recordNanoseconds(_ duration: Int64) { kept.withLock { $0.append(duration) } }
    func record(_ value: Int64) { kept.withLock { $0.append(value) } }
    func record(_ value: Double) { record(Int64(value)) }
  }

  private let handlers = Lock<[String: Handler]>([:])

  private func handler(_ label: String, _ dimensions: [(String, String)]) -> Handler {
    let key = "\(label){\(dimensions.map { "\($0)=\($1)" }.joined(separator: ","))}"
    return handlers.withLock { handlers in
      if let handler = handlers[key] { return handler }
      let made = Handler()
      handlers[key] = made
      return made
    }
  }

  /// What was recorded, without what was only prepared.
  var recorded: [String: [Int64]] { handlers.withLock { $0.mapValues(\.values).filter { !$0.value.isEmpty } } }

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { handler(label, dimensions) }
  func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler { handler(label, dimensions) }
  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { handler(label, dimensions) }
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}
}

@Suite("Metrics")
struct MetricsTests {
  private func message(
    sent: Int64, options: MessageOptions = MessageOptions(), actor: String = "work", queue: String = "q"
  ) -> Message {
    Message(queueName: queue, actorName: actor, options: options, timestamp: sent)
  }

  @Test("Waiting begins with the sending, the retry, or the time at which the message was due")
  func wait() {
    #expect(RegisteredActor.wait(of: message(sent: 1_000), now: 1_250) == 250_000_000)
    var retried = MessageOptions()
    retried.set("requeue_timestamp", to: Int64(2_000))
    #expect(RegisteredActor.wait(of: message(sent: 1_000, options: retried), now: 2_100) == 100_000_000)
    retried.set("eta", to: Int64(9_000))
    #expect(RegisteredActor.wait(of: message(sent: 1_000, options: retried), now: 9_010) == 10_000_000)
  }

  @Test("Strange clocks make no negative and no overflowing waits")
  func strangeWaits() {
    #expect(RegisteredActor.wait(of: message(sent: 5_000), now: 4_000) == 0)
    #expect(RegisteredActor.wait(of: message(sent: .max), now: -2) == 0)
    #expect(RegisteredActor.wait(of: message(sent: .min), now: 4_000) == .max)
    #expect(RegisteredActor.wait(of: message(sent: 0), now: .max) == .max)
    var odd = MessageOptions()
    odd.set("eta", to: "later")
    #expect(RegisteredActor.wait(of: message(sent: 10, options: odd), now: 11) == 1_000_000)
  }

  @Test("A run is counted and timed under its queue and actor")
  func runs() {
    let metrics = RecordingMetrics()
    let definition = ActorDefinition(name: "work", options: ActorOptions(queue: "q")) { _ in nil }
    let actor = RegisteredActor(definition, metrics: metrics)
    actor.recordStart(of: message(sent: 0))
    actor.record(.done(nil), nanoseconds: 7)
    let recorded = metrics.recorded
    #expect(recorded["actor_message_wait_seconds{queue=q,actor=work}"]?.count == 1)
    #expect(recorded["actor_message_duration_seconds{queue=q,actor=work}"] == [7])
    #expect(recorded["actor_messages_processed_total{queue=q,actor=work,outcome=ok}"] == [1])
  }

  @Test("Sends are counted by queue, actor and outcome")
  func sends() async throws {
    let metrics = RecordingMetrics()
    let broker = InMemoryBroker()
    let sender = try MessageSender(ActorSystem(), broker: broker, counting: SentMessages(metrics))
    broker.register(QueueDeclaration("q"))
    try await sender.send(OutgoingMessage(message: message(sent: 0)))
    try await sender.send(
      contentsOf: [message(sent: 0), message(sent: 0, actor: "other"), message(sent: 0)].map {
        OutgoingMessage(message: $0)
      })
    await #expect(throws: SendError.self) {
      try await sender.send(OutgoingMessage(message: message(sent: 0, queue: "nowhere")))
    }
    #expect(
      metrics.recorded == [
        "actor_messages_sent_total{queue=q,actor=work,outcome=confirmed}": [1, 2],
        "actor_messages_sent_total{queue=q,actor=other,outcome=confirmed}": [1],
        "actor_messages_sent_total{queue=nowhere,actor=work,outcome=returned}": [1],
      ])
    await broker.close()
  }

  @Test("Made-up names do not make counters without end")
  func boundedNames() {
    let metrics = RecordingMetrics()
    guard let sent = SentMessages(metrics) else {
      Issue.record("somebody collects")
      return
    }
    let publication = Publication(route: .queue("q"), body: .bytes([]))
    for number in 0..<4_100 {
      sent.count([OutgoingMessage(message: message(sent: 0, actor: "a\(number)"))], [publication], [.confirmed])
    }
    #expect(metrics.recorded.count == 4_001)
    #expect(metrics.recorded["actor_messages_sent_total{queue=other,actor=other,outcome=confirmed}"]?.count == 100)
  }

  @Test("Nobody pays for metrics that nobody collects")
  func nobodyCollects() { #expect(SentMessages(NOOPMetricsHandler.instance) == nil) }
}
