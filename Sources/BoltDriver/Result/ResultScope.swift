import Synchronization

/// What the results of one transaction share: in which order their queries were sent, and whether the transaction still
/// lends them life.
final class ResultScope: Sendable {
  private let last = Atomic(0)
  private let hasClosed = Atomic(false)
  private let closedBy = Lock<BoltError?>(nil)

  /// The number of a query that is about to be sent.
  func next() -> Int { last.add(1, ordering: .relaxed).newValue }

  /// Whether no query was sent after the one of this number: the server takes a request that names no query to be about
  /// the last one.
  func isLast(_ number: Int) -> Bool { last.load(ordering: .relaxed) == number }

  /// Whether records may be read.
  var isOpen: Bool { !hasClosed.load(ordering: .relaxed) }

  /// From now on reading throws this error.
  func close(_ error: BoltError) {
    closedBy.withLock { $0 = error }
    hasClosed.store(true, ordering: .relaxed)
  }

  /// Why records cannot be read; nil while they can.
  var closeReason: BoltError? { closedBy.withLock { $0 } }
}
