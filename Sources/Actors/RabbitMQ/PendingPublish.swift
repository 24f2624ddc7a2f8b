/// One publish on its way, from the outbox to its confirm. Its variable parts belong to the outbox's lock.
final class PendingPublish: Sendable {
  let publication: Publication
  /// When its wait ends, in monotonic nanoseconds.
  let deadline: UInt64
  /// Whether a task waits for nothing but this.
  let isAwaitedAlone: Bool
  private let batch: PublishBatch
  private let index: Int

  init(
    _ publication: Publication, deadline: UInt64, batch: PublishBatch, index: Int, isAwaitedAlone: Bool = false
  ) {
    self.isAwaitedAlone = isAwaitedAlone
    self.publication = publication
    self.deadline = deadline
    self.batch = batch
    self.index = index
  }

  /// Whether its outcome is known, or nobody waits for it any more.
  var isResolved: Bool { batch.isResolved(index) }

  /// - Returns: Whether this was the first outcome.
  @discardableResult
  func resolve(_ outcome: PublishOutcome) -> Bool { batch.resolve(index, outcome) }
}
