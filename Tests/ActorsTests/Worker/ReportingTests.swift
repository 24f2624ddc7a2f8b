import Actors
import Synchronization
import TestSupport
import Testing

@Suite("What middleware says of itself")
struct ReportingTests {
  /// A layer whose trouble a test decides.
  private final class Probe: ReportingMiddleware {
    private let state = Lock<MiddlewareTrouble?>(nil)

    var trouble: MiddlewareTrouble? { state.withLock { $0 } }
    var metrics: [MetricFamily] { [MetricFamily("probe_total", .counter, "Probes.", 7)] }
    var document: (name: String, content: JSONValue)? { ("probe", ["answer": 42]) }

    func set(_ trouble: MiddlewareTrouble?) { state.withLock { $0 = trouble } }
  }

  /// A layer whose start waits until it is called off.
  private struct Waiting: ReportingMiddleware {
    let events: EventLog
    var trouble: MiddlewareTrouble? { MiddlewareTrouble("waiting for something") }

    func workerWillStart(_ worker: WorkerContext) async throws {
      events.add("waits")
      do { try await Task.sleep(for: .seconds(3_600)) } catch {
        events.add("called off")
        throw error
      }
    }
    func workerDidStop(_ worker: WorkerContext) async { events.add("stopped") }
  }

  private static func system(_ layers: MiddlewareStack) -> ActorSystem {
    var system = ActorSystem(middleware: layers)
    system.broker = .instance(InMemoryBroker())
    system.actor("noop", queue: "reporting") { (_: Int) in }
    return system
  }

  @Test func `a trouble degrades the worker, or is only told, until it is over`() async throws {
    let probe = Probe()
    try await WorkerHarness.run(Self.system([probe])) { harness in
      let worker = harness.worker
      try await eventually("it consumes") { worker.status.state == .consuming }
      probe.set(MiddlewareTrouble("probe: broken"))
      #expect(worker.status == (.degraded, "probe: broken"))
      let page = worker.healthPages(slot: 3).response(to: "/readyz")
      #expect(page.status == 503)
      #expect(String(decoding: page.body, as: UTF8.self).contains("probe: broken"))
      probe.set(MiddlewareTrouble("probe: slow", isDegrading: false))
      #expect(worker.status == (.consuming, "probe: slow"))
      #expect(worker.healthPages(slot: 3).response(to: "/readyz").status == 200)
      probe.set(nil)
      #expect(worker.status == (.consuming, ""))
    }
  }

  @Test func `the health port serves figures and documents`() async throws {
    try await WorkerHarness.run(Self.system([Probe()])) { harness in
      try await eventually("it consumes") { harness.worker.status.state == .consuming }
      let pages = harness.worker.healthPages(slot: 3)
      let metrics = pages.response(to: "/metrics")
      let text = String(decoding: metrics.body, as: UTF8.self)
      #expect(metrics.status == 200 && metrics.contentType == PrometheusText.contentType)
      #expect(text.contains("probe_total{worker=\"3\"} 7\n"))
      #expect(
        text.contains(
          "actor_messages_processed_total{actor=\"noop\",outcome=\"ok\",queue=\"reporting\",worker=\"3\"} 0\n"))
      #expect(text.contains("actor_slots{state=\"free\",worker=\"3\"} 8\n"))
      let document = pages.response(to: "/probe.json")
      #expect(String(decoding: document.body, as: UTF8.self).contains(#""content":{"answer":42}"#))
      #expect(pages.response(to: "/other.json").status == 404)
      #expect(pages.response(to: "/healthz").status == 200)
    }
  }

  @Test func `a stop ends a start that waits, and what had started is stopped`() async throws {
    let events = EventLog()
    let first = HookProbe(name: "first", events: events)
    let harness = WorkerHarness(Self.system([first, Waiting(events: events)]))
    try await eventually("it waits") { events.count("waits") == 1 }
    #expect(harness.worker.status == (.starting, "waiting for something"))
    #expect(try await harness.stop() == .drained)
    #expect(events.all == ["first will start", "waits", "called off", "first will stop", "first did stop"])
  }

  @Test func `a worker that is cancelled while it starts ends as well`() async throws {
    let events = EventLog()
    let harness = WorkerHarness(Self.system([Waiting(events: events)]))
    try await eventually("it waits") { events.count("waits") == 1 }
    harness.cancel()
    _ = try? await harness.end()
    #expect(events.count("called off") == 1)
  }
}
