import Synchronization

/// The beginning of a large send while the broker has it.
final class PublishedHead: Sendable {
  /// How many messages it has.
  let count: Int
  private let result = Lock<[PublishOutcome]>([])
  private let isFinished = Latch()

  init(count: Int) { self.count = count }

  /// The broker has answered for all of it.
  @Sendable func finish(_ outcomes: [PublishOutcome]) {
    result.withLock { $0 = outcomes }
    isFinished.open()
  }

  /// Waits for the answer; it comes by the deadline of the publishes at the latest.
  func outcomes() async -> [PublishOutcome] {
    await isFinished.wait()
    return result.withLock { $0 }
  }
}
