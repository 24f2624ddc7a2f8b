import Actors

/// Publishes dead letters back into the queues they came from.
struct DeadLetterReturn {
  let requeue: Requeue
  let administration: RabbitMQAdministration
  let broker: RabbitMQBroker

  /// Publishes and waits for the confirms.
  ///
  /// - Returns: For each letter why it stays; nil when it is back in its queue.
  /// - Throws: ``RabbitMQError`` when the broker cannot be reached.
  func publish(_ letters: [LeasedLetter]) async throws -> [String?] {
    // The name may come from a header that anybody could have written: no queue is made for it.
    let missing = try await missing(Set(letters.map(\.origin)))
    let sendable = letters.filter { !missing.contains($0.origin) }
    var outcomes = await broker.publish(sendable.map(requeue.publication))[...]
    return letters.map { letter in
      if missing.contains(letter.origin) { return "there is no queue \(letter.origin)" }
      guard let outcome = outcomes.popFirst() else { return "the broker gave no outcome" }
      return outcome.isConfirmed ? nil : outcome.text
    }
  }

  private func missing(_ queues: Set<String>) async throws -> Set<String> {
    var missing: Set<String> = []
    for queue in queues where try await administration.counts(of: queue) == nil { missing.insert(queue) }
    return missing
  }
}
