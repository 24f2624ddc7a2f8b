/// How the processes of a worker fleet (or a worker that runs alone) are doing, and what the probes make of it.
package struct HealthReport: Sendable, Hashable, Encodable {
  /// One worker process.
  package struct Process: Sendable, Hashable, Encodable {
    /// The number of its state file.
    package var slot: Int
    /// Its process id; nil while none runs.
    package var pid: Int32?
    /// `starting`, `consuming`, `degraded`, `draining`, `stopped`, or `restarting` while none runs.
    package var state: String
    /// Why the state is what it is; empty when there is nothing to say.
    package var reason: String
    /// Milliseconds since its last heartbeat; nil before the first.
    package var heartbeatAge: Int64?
    /// How often it was started again.
    package var restarts: Int
    /// How many messages run now.
    package var running: Int
    /// How many messages it has run.
    package var processed: UInt64

    /// Makes the entry of a process.
    package init(
      slot: Int, pid: Int32?, state: String, reason: String = "", heartbeatAge: Int64? = nil, restarts: Int = 0,
      running: Int = 0, processed: UInt64 = 0
    ) {
      self.slot = slot
      self.pid = pid
      self.state = state
      self.reason = reason
      self.heartbeatAge = heartbeatAge
      self.restarts = restarts
      self.running = running
      self.processed = processed
    }
  }

  /// A process whose last heartbeat is older (in milliseconds) is not alive.
  package static let heartbeatLimit: Int64 = 2_000

  /// The processes.
  package var processes: [Process]
  /// Whether the whole is being stopped.
  package var isDraining: Bool

  /// Makes a report.
  package init(processes: [Process], isDraining: Bool = false) {
    self.processes = processes
    self.isDraining = isDraining
  }

  /// Why `/healthz` is not 200. A process between two starts is being taken care of and does not count.
  package var deathReasons: [String] {
    processes.compactMap { process in
      guard let age = process.heartbeatAge, age > Self.heartbeatLimit else { return nil }
      return "\(Self.name(process)) gave no heartbeat for \(age) ms (limit \(Self.heartbeatLimit) ms)"
    }
  }

  /// Why `/readyz` is not 200.
  package var unreadinessReasons: [String] {
    var reasons = isDraining ? ["draining"] : []
    if processes.isEmpty { reasons.append("no worker process") }
    for process in processes where process.state != "consuming" {
      reasons.append(
        "\(Self.name(process)) is \(process.state)" + (process.reason.isEmpty ? "" : ": \(process.reason)"))
    }
    return reasons + deathReasons
  }

  /// The answer to a probe: `/healthz` (the process loops are alive), `/readyz` (every process consumes).
  package func response(to path: String) -> HealthResponse {
    switch path {
    case "/healthz": response(reasons: deathReasons, good: "alive", bad: "dead")
    case "/readyz": response(reasons: unreadinessReasons, good: "ready", bad: "unavailable")
    default: .notFound
    }
  }

  private func response(reasons: [String], good: String, bad: String) -> HealthResponse {
    .json(
      reasons.isEmpty ? 200 : 503,
      Body(status: reasons.isEmpty ? good : bad, reasons: reasons, processes: processes))
  }

  private static func name(_ process: Process) -> String {
    "worker \(process.slot)" + (process.pid.map { " (pid \($0))" } ?? "")
  }

  private struct Body: Encodable {
    let schema = "troupe.health/1"
    let status: String
    let reasons: [String]
    let processes: [Process]
  }
}
