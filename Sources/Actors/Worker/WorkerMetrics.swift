/// The figures of a worker and its actors under their public names.
enum WorkerMetrics {
  private typealias Sample = MetricFamily.Sample

  static func families(
    _ counters: WorkerSnapshot.Counters, quarantined: UInt64, stuckSlots: Int, concurrency: Int, state: WorkerState
  ) -> [MetricFamily] {
    func count(_ name: String, _ help: String, _ value: UInt64) -> MetricFamily {
      MetricFamily(name, .counter, help, Double(value))
    }
    let busy = Double(counters.running)
    let slots = [("busy", busy), ("free", max(Double(concurrency) - busy, 0)), ("stuck", Double(stuckSlots))]
    return [
      MetricFamily(
        "actor_worker_state", .gauge, "1 for what the worker process is doing.",
        samples: [Sample(["state": state.description], value: .number(1))]),
      MetricFamily("actor_messages_in_progress", .gauge, "Messages that run now.", busy),
      MetricFamily(
        "actor_slots", .gauge, "Places for running messages.",
        samples: slots.map { Sample(["state": $0.0], value: .number($0.1)) }),
      count("actor_message_retries_total", "Retry copies that the broker confirmed.", counters.retried),
      count("actor_dead_letters_total", "Dead letters that the broker confirmed.", counters.dead),
      count("actor_messages_redelivered_total", "Deliveries that the broker had made before.", counters.redelivered),
      count("actor_messages_stale_acks_total", "Settlements too late for their channel.", counters.staleSettles),
      count("actor_messages_stuck_total", "Runs that went on after time limit and grace.", counters.stuck),
      count("actor_crash_quarantined_total", "Messages put aside because they end processes.", quarantined),
    ]
  }

  static func families(_ actors: [RegisteredActor]) -> [MetricFamily] {
    let figures = actors.map { ($0.labels, $0.figures) }
    var processed: [Sample] = []
    for (labels, figures) in figures {
      // What has never happened is left out, except that there is a figure for every actor.
      for (result, count) in zip(RegisteredActor.Result.allCases, figures.outcomes) where count > 0 || result == .ok {
        processed.append(Sample(labels.merging(["outcome": "\(result)"]) { $1 }, value: .number(Double(count))))
      }
    }
    return [
      MetricFamily(
        "actor_messages_processed_total", .counter, "Runs that came to an outcome.", samples: processed),
      MetricFamily(
        "actor_message_duration_seconds", .histogram, "How long runs took.",
        samples: figures.map { Sample($0.0, value: .histogram($0.1.duration)) }),
    ]
  }
}
