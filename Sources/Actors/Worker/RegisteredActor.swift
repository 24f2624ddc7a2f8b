import Metrics

/// An actor as the per-message path meets it: found by one look-up, with the metric handles that its messages need.
final class RegisteredActor: Sendable {
  /// The actor.
  let definition: ActorDefinition
  /// By the raw value of the result.
  private let processed: [Counter]
  private let duration: Metrics.Timer

  /// The label `outcome` of `actor_messages_processed_total`.
  enum Result: Int, CaseIterable, Sendable {
    case ok, retry, dead, skipped, cancelled, timeout
  }

  init(_ definition: ActorDefinition) {
    self.definition = definition
    let dimensions = [("queue", definition.options.queue), ("actor", definition.name)]
    processed = Result.allCases.map { result in
      Counter(label: "actor_messages_processed_total", dimensions: dimensions + [("outcome", "\(result)")])
    }
    duration = Metrics.Timer(label: "actor_message_duration_seconds", dimensions: dimensions)
  }

  /// Records one run.
  ///
  /// - Parameter nanoseconds: How long it took.
  func record(_ outcome: Outcome, nanoseconds: UInt64) {
    processed[Self.result(of: outcome).rawValue].increment()
    duration.recordNanoseconds(Int64(clamping: nanoseconds))
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
