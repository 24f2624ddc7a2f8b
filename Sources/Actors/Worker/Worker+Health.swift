import Glibc

extension Worker {
  /// How this worker is doing, for probes.
  ///
  /// - Parameter slot: The number it goes by in the report.
  package func healthReport(slot: Int) -> HealthReport {
    let (state, reason) = status
    let figures = figures
    let age = heartbeatAge
    let process = HealthReport.Process(
      slot: slot, pid: getpid(), state: state.description, reason: reason, heartbeatAge: age?.milliseconds,
      running: Int(clamping: figures.running), processed: figures.processed)
    return HealthReport(processes: [process], isDraining: state == .draining)
  }
}
