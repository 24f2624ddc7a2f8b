import Metrics

/// An actor as the per-message path meets it: found by one look-up, with the counters that its messages need.
final class RegisteredActor: Sendable {
  /// The label `outcome` of `actor_messages_processed_total`.
  enum Result: Int, CaseIterable, Sendable {
    case ok, retry, dead, skipped, cancelled, timeout
  }

  /// What has been counted so far.
  struct Figures {
    /// Runs by outcome, in the order of ``Result``.
    let outcomes: [UInt64]
    let duration: MetricHistogram
  }

  /// Upper bounds in seconds: OpenTelemetry's for messaging, and longer ones for tasks.
  private static let bounds: [Double] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 900,
  ]
  private static let boundsInNanoseconds = bounds.map { UInt64($0 * 1_000_000_000) }

  /// The actor.
  let definition: ActorDefinition
  /// What tells the figures of this actor from those of others.
  let labels: [String: String]
  private let outcomes = Tallies(count: Result.allCases.count)
  /// The buckets, and after them the sum in nanoseconds.
  private let durations = Tallies(count: bounds.count + 2)
  /// The same for the metrics backend of the process, by the raw value of the result.
  private let processed: [Counter]
  private let duration: Metrics.Timer
  /// nil when nobody collects metrics: then no message pays for the clock.
  private let wait: Metrics.Timer?

  init(_ definition: ActorDefinition, metrics: any MetricsFactory = MetricsSystem.factory) {
    self.definition = definition
    labels = ["queue": definition.options.queue, "actor": definition.name]
    let dimensions = [("queue", definition.options.queue), ("actor", definition.name)]
    processed = Result.allCases.map { result in
      Counter(
        label: "actor_messages_processed_total", dimensions: dimensions + [("outcome", "\(result)")], factory: metrics)
    }
    duration = Metrics.Timer(label: "actor_message_duration_seconds", dimensions: dimensions, factory: metrics)
    wait =
      metrics is NOOPMetricsHandler
      ? nil : Metrics.Timer(label: "actor_message_wait_seconds", dimensions: dimensions, factory: metrics)
  }

  /// Records how long a message that starts now has waited for it.
  func recordStart(of message: Message) {
    wait?.recordNanoseconds(Self.wait(of: message, now: WallClock.now))
  }

  /// How long a message has waited: since it was sent, since it was sent again for a retry, since it was due.
  ///
  /// - Parameter now: Unix time in milliseconds.
  /// - Returns: Nanoseconds; zero when its sender's clock is ahead, and never more than an `Int64` holds.
  static func wait(of message: Message, now: Int64) -> Int64 {
    var since = message.timestamp
    if !message.options.isEmpty {
      for option in ["requeue_timestamp", "eta"] { since = max(since, message.options.integer(option) ?? since) }
    }
    let (milliseconds, isTooLong) = now.subtractingReportingOverflow(since)
    if isTooLong { return since < 0 ? .max : 0 }
    let (nanoseconds, overflow) = max(milliseconds, 0).multipliedReportingOverflow(by: 1_000_000)
    return overflow ? .max : nanoseconds
  }

  /// Records one run.
  ///
  /// - Parameter nanoseconds: How long it took.
  func record(_ outcome: Outcome, nanoseconds: UInt64) {
    let result = Self.result(of: outcome).rawValue
    outcomes.add(to: result)
    durations.add(to: Self.boundsInNanoseconds.firstIndex { nanoseconds <= $0 } ?? Self.bounds.count)
    durations.add(nanoseconds, to: Self.bounds.count + 1)
    processed[result].increment()
    duration.recordNanoseconds(Int64(clamping: nanoseconds))
  }

  /// What has been counted so far.
  var figures: Figures {
    let values = durations.values
    return Figures(
      outcomes: outcomes.values,
      duration: MetricHistogram(
        bounds: Self.bounds, counts: Array(values.dropLast()), sum: Double(values.last ?? 0) / 1_000_000_000))
  }

  private static func result(of outcome: Outcome) -> Result {
    switch outcome {
    case .done: .ok
    case .skip: .skipped
    case .requeue: .cancelled
    case .retry(_, let error): error is TimeLimitExceeded ? .timeout : .retry
    case .deadLetter(_, let error), .failed(let error): error is TimeLimitExceeded ? .timeout : .dead
    }
  }
}
