import Synchronization

extension WorkerEngine {
  /// What the worker is doing, and why, as long as it is not told to stop.
  var status: (state: WorkerState, reason: String) {
    let troubles = reporters.compactMap(\.trouble)
    guard let consumption else {
      return (.starting, troubles.isEmpty ? "opening the middleware" : Self.text(troubles))
    }
    switch consumption.state {
    case .connecting(let why): return (wasConsuming ? .degraded : .starting, "connecting: \(why)")
    case .consuming:
      noteConsuming()
      if let trouble = broker.publishingTrouble { return (.degraded, "publishing: \(trouble)") }
      return (troubles.contains(where: \.isDegrading) ? .degraded : .consuming, Self.text(troubles))
    case .degraded(let why):
      noteConsuming()
      return (.degraded, why)
    case .stopped: return (.draining, "")
    }
  }

  private static func text(_ troubles: [MiddlewareTrouble]) -> String {
    troubles.map(\.reason).joined(separator: "; ")
  }

  /// What this process publishes of itself.
  var processFigures: ProcessFigures {
    var figures = ProcessFigures()
    let counters = self.figures
    figures.metrics = WorkerMetrics.families(
      counters, quarantined: quarantinedCount, stuckSlots: stuckCount, concurrency: concurrency, state: status.state)
    figures.metrics += WorkerMetrics.families(actors)
    for reporter in reporters {
      figures.metrics += reporter.metrics
      if let document = reporter.document { figures.documents[document.name] = document.content }
    }
    return figures
  }

  /// Leaves the figures in the state directory.
  func publishFigures() {
    guard let figuresFile, let bytes = processFigures.encoded() else { return }
    if !figuresFile.publish(bytes) { noteFiguresTooLarge(bytes.count) }
  }
}
