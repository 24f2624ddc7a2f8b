import Actors

/// Dead letters that are held for a while: taken with basic.get and not acknowledged, so that nobody else gets them;
/// those that are not acted on return when the lease ends.
struct DeadLetterLease: Sendable {
  /// The most letters that are held at once.
  static let countLimit = 5_000
  /// The most bytes that are held at once.
  static let byteLimit = 64 * 1024 * 1024

  let administration: RabbitMQAdministration
  /// The canonical name of the queue.
  let queue: String

  /// The queue's figures.
  ///
  /// - Throws: ``CommandFailure`` (`notFound`) when there is no such queue.
  func counts() async throws -> QueueCounts {
    guard let counts = try await administration.counts(of: queue) else {
      throw CommandFailure(.notFound, "there is no queue \(queue) at this broker")
    }
    return counts
  }

  /// Takes letters from the head of the queue, beyond those that are held already.
  func take(_ limit: Int = countLimit) async throws -> [LeasedLetter] {
    try await administration
      .lease(QueueName.deadLetter(queue), limit: min(limit, Self.countLimit), maxBytes: Self.byteLimit)
      .map { LeasedLetter($0, of: queue) }
  }
}
