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

  /// What the health port of a process that runs alone serves.
  ///
  /// - Parameter slot: The number the process goes by.
  package func healthPages(slot: Int) -> HealthPages {
    HealthPages(healthReport(slot: slot)) { [self] in
      [HealthPages.Published(slot: slot, pid: getpid(), figures: processFigures)]
    }
  }
}
