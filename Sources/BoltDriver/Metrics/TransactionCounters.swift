import Synchronization

/// Counts the sessions and transactions of a driver. What each of them costs is a few relaxed additions.
package final class TransactionCounters: Sendable {
  /// The server chooses the codes; their number and length are bounded here.
  private static let codeLimit = 64
  private static let codeLength = 128

  private let sessions = Atomic(0)
  private let open = Atomic(0)
  private let committed = Atomic<UInt64>(0)
  private let rolledBack = Atomic<UInt64>(0)
  private let failed = Atomic<UInt64>(0)
  private let unknown = Atomic<UInt64>(0)
  private let retries = Lock<[String: UInt64]>([:])

  package init() {}

  /// A session was made.
  func sessionOpened() { sessions.add(1, ordering: .relaxed) }
  /// A session was closed, or let go of.
  func sessionClosed() { sessions.subtract(1, ordering: .relaxed) }

  /// A transaction begins.
  func begin() -> Mark {
    open.add(1, ordering: .relaxed)
    return Mark(self)
  }

  /// A transaction is run again after an error.
  func countRetry(after error: any Error) {
    let code = (error as? BoltError)?.code.rawValue ?? "other"
    retries.withLock { retries in
      let isKnown = retries[code] != nil || (retries.count < Self.codeLimit && code.utf8.count <= Self.codeLength)
      retries[isKnown ? code : "other", default: 0] &+= 1
    }
  }

  /// The figures of now.
  package var metrics: TransactionMetrics {
    var metrics = TransactionMetrics()
    metrics.openSessions = max(sessions.load(ordering: .relaxed), 0)
    metrics.openTransactions = max(open.load(ordering: .relaxed), 0)
    metrics.ended = [
      .committed: committed.load(ordering: .relaxed), .rolledBack: rolledBack.load(ordering: .relaxed),
      .failed: failed.load(ordering: .relaxed), .unknown: unknown.load(ordering: .relaxed),
    ]
    metrics.retries = retries.withLock { $0 }
    return metrics
  }

  /// One transaction: it ends once, whoever says so first; one that is let go of without an end has failed.
  final class Mark: Sendable {
    private let counters: TransactionCounters
    private let hasEnded = Atomic(false)

    fileprivate init(_ counters: TransactionCounters) { self.counters = counters }

    deinit { end(.failed) }

    /// The transaction ended.
    func end(_ outcome: TransactionOutcome) {
      guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
      counters.open.subtract(1, ordering: .relaxed)
      switch outcome {
      case .committed: counters.committed.add(1, ordering: .relaxed)
      case .rolledBack: counters.rolledBack.add(1, ordering: .relaxed)
      case .failed: counters.failed.add(1, ordering: .relaxed)
      case .unknown: counters.unknown.add(1, ordering: .relaxed)
      }
    }
  }
}
