import Metrics
import Synchronization

/// Counts what is sent, as `actor_messages_sent_total` by queue, actor and outcome.
final class SentMessages: Sendable {
  private struct Key: Hashable {
    let queue: String
    let actor: String
    let outcome: String
  }

  /// How many counters there are at most: a backend keeps each of them for ever, and a sender may make up names.
  private static let capacity = 4_000

  private let factory: any MetricsFactory
  private let counters = Lock<[Key: Counter]>([:])

  /// - Returns: nil when nobody collects metrics: then sending does not pay for them.
  init?(_ factory: any MetricsFactory) {
    if factory is NOOPMetricsHandler { return nil }
    self.factory = factory
  }

  /// Counts publishes of messages.
  ///
  /// - Parameters:
  ///   - outgoing: What was sent.
  ///   - publications: How, one for each.
  ///   - outcomes: What became of it, one for each.
  func count(_ outgoing: [OutgoingMessage], _ publications: [Publication], _ outcomes: [PublishOutcome]) {
    var tally: [Key: Int] = [:]
    for (index, (publication, outcome)) in zip(publications, outcomes).enumerated() where index < outgoing.count {
      let actor = outgoing[index].message.actorName
      tally[Key(queue: publication.route.queue, actor: actor, outcome: Self.label(of: outcome)), default: 0] += 1
    }
    for (key, count) in tally { counter(key).increment(by: count) }
  }

  private func counter(_ key: Key) -> Counter {
    counters.withLock { counters in
      if let counter = counters[key] { return counter }
      let isFull = counters.count >= Self.capacity
      let key = isFull ? Key(queue: "other", actor: "other", outcome: key.outcome) : key
      if isFull, let counter = counters[key] { return counter }
      let dimensions = [("queue", key.queue), ("actor", key.actor), ("outcome", key.outcome)]
      let made = Counter(label: "actor_messages_sent_total", dimensions: dimensions, factory: factory)
      counters[key] = made
      return made
    }
  }

  private static func label(of outcome: PublishOutcome) -> String {
    switch outcome {
    case .confirmed: "confirmed"
    case .returned: "returned"
    case .nacked: "nacked"
    case .unknown: "unknown"
    }
  }
}
