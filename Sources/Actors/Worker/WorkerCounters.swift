import Metrics
import Synchronization

/// The figures of a worker since its start. What the per-message path counts is one relaxed addition.
final class WorkerCounters: Sendable {
  private let processed = Atomic<UInt64>(0)
  private let failed = Atomic<UInt64>(0)
  private let retried = Atomic<UInt64>(0)
  private let dead = Atomic<UInt64>(0)
  private let redelivered = Atomic<UInt64>(0)
  private let staleSettles = Atomic<UInt64>(0)
  private let stuck = Atomic<UInt64>(0)
  private let reunited = Atomic<UInt64>(0)
  private let quarantined = Atomic<UInt64>(0)

  // The same for the metrics backend of the process, by the handles that are made once.
  private let retriesMetric = Counter(label: "actor_message_retries_total")
  private let redeliveredMetric = Counter(label: "actor_messages_redelivered_total")
  private let staleMetric = Counter(label: "actor_messages_stale_acks_total")
  private let quarantinedMetric = Counter(label: "actor_crash_quarantined_total")
  private let inProgress = Gauge(label: "actor_messages_in_progress")
  private let busySlots = Gauge(label: "actor_slots", dimensions: [("state", "busy")])
  private let freeSlots = Gauge(label: "actor_slots", dimensions: [("state", "free")])
  private let stuckSlots = Gauge(label: "actor_slots", dimensions: [("state", "stuck")])

  /// Counts a run that came to an outcome.
  ///
  /// - Returns: How many there were before it.
  func countProcessed() -> UInt64 { processed.wrappingAdd(1, ordering: .relaxed).oldValue }
  /// Counts a run whose actor failed.
  func countFailed() { failed.wrappingAdd(1, ordering: .relaxed) }
  /// Counts a retry copy that was confirmed.
  func countRetried() {
    retried.wrappingAdd(1, ordering: .relaxed)
    retriesMetric.increment()
  }
  /// Counts a dead letter that was confirmed.
  func countDead() { dead.wrappingAdd(1, ordering: .relaxed) }
  /// Counts a delivery that the broker had delivered before.
  func countRedelivered() {
    redelivered.wrappingAdd(1, ordering: .relaxed)
    redeliveredMetric.increment()
  }
  /// Counts a settlement that came too late for its channel.
  func countStale() {
    staleSettles.wrappingAdd(1, ordering: .relaxed)
    staleMetric.increment()
  }
  /// Counts a run that goes on after time limit and grace.
  func countStuck() { stuck.wrappingAdd(1, ordering: .relaxed) }
  /// Counts a redelivery that was not run, because its message runs or has run here already.
  func countReunited() { reunited.wrappingAdd(1, ordering: .relaxed) }

  /// Counts a message that was dead-lettered because it ends processes.
  func countQuarantined() {
    quarantined.wrappingAdd(1, ordering: .relaxed)
    quarantinedMetric.increment()
  }

  /// Brings the gauges up to date.
  func report(_ figures: WorkerSnapshot.Counters, stuck: Int, concurrency: Int) {
    let running = Int64(clamping: figures.running)
    inProgress.record(running)
    busySlots.record(running)
    freeSlots.record(max(Int64(concurrency) - running, 0))
    stuckSlots.record(Int64(stuck))
  }

  /// How many redeliveries were not run, because their message ran or had run here already.
  var reunitedCount: UInt64 { reunited.load(ordering: .relaxed) }

  /// How many messages were dead-lettered because they end processes.
  var quarantinedCount: UInt64 { quarantined.load(ordering: .relaxed) }

  /// The figures of now.
  ///
  /// - Parameter running: How many messages run.
  func snapshot(running: Int) -> WorkerSnapshot.Counters {
    var counters = WorkerSnapshot.Counters()
    counters.processed = processed.load(ordering: .relaxed)
    counters.failed = failed.load(ordering: .relaxed)
    counters.retried = retried.load(ordering: .relaxed)
    counters.dead = dead.load(ordering: .relaxed)
    counters.redelivered = redelivered.load(ordering: .relaxed)
    counters.staleSettles = staleSettles.load(ordering: .relaxed)
    counters.stuck = stuck.load(ordering: .relaxed)
    counters.running = UInt64(max(running, 0))
    return counters
  }
}
