import Actors
import Testing

@Suite("The health report")
struct HealthReportTests {
  private func process(_ state: String, age: Int64? = 100, reason: String = "") -> HealthReport.Process {
    HealthReport.Process(slot: 0, pid: 42, state: state, reason: reason, heartbeatAge: age)
  }

  private func answer(_ path: String, _ processes: [HealthReport.Process], isDraining: Bool = false) -> (Int, String) {
    let response = HealthReport(processes: processes, isDraining: isDraining).response(to: path)
    return (response.status, String(decoding: response.body, as: UTF8.self))
  }

  @Test func `ready when every process consumes`() {
    #expect(answer("/readyz", [process("consuming"), process("consuming")]).0 == 200)
  }

  @Test(arguments: ["starting", "degraded", "draining", "restarting"])
  func `not ready when one does not, and says why`(state: String) {
    let (status, body) = answer(
      "/readyz", [process("consuming"), process(state, reason: "queue \"q\" has no consumer")])
    #expect(status == 503)
    #expect(body.contains("worker 0 (pid 42) is \(state): queue \\\"q\\\" has no consumer"))
    #expect(body.contains(#""schema":"troupe.health/1""#))
  }

  @Test func `not ready while draining, but alive`() {
    let (status, body) = answer("/readyz", [process("consuming")], isDraining: true)
    #expect(status == 503)
    #expect(body.contains(#""reasons":["draining"]"#))
    #expect(answer("/healthz", [process("draining")], isDraining: true).0 == 200)
  }

  @Test func `alive while heartbeats come`() {
    #expect(answer("/healthz", [process("degraded", age: 2000), process("restarting", age: nil)]).0 == 200)
    let (status, body) = answer("/healthz", [process("consuming", age: 2001)])
    #expect(status == 503)
    #expect(body.contains("gave no heartbeat for 2001 ms"))
    #expect(answer("/readyz", [process("consuming", age: 2001)]).0 == 503)
  }

  @Test func `a fleet without a process is not ready`() { #expect(answer("/readyz", []).0 == 503) }

  @Test func `nothing else is served`() { #expect(answer("/", []).0 == 404) }
}
