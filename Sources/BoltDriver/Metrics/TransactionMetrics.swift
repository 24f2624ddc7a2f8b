/// What a driver has done since it was made, and what is under way.
public struct TransactionMetrics: Sendable, Hashable, Codable {
  /// How many sessions are open.
  public var openSessions = 0
  /// How many transactions are under way, queries that run in one of their own among them.
  public var openTransactions = 0
  /// How many transactions ended, by how they did.
  public var ended: [TransactionOutcome: UInt64] = [:]
  /// How often a managed transaction was run again, by the code of the error before it. Codes beyond the first
  /// sixty-four are counted as `other`.
  public var retries: [String: UInt64] = [:]

  /// Nothing so far.
  public init() {}
}

/// How a transaction ended.
public enum TransactionOutcome: String, Sendable, Hashable, CaseIterable, Codable, CodingKeyRepresentable {
  /// It took effect.
  case committed
  /// It was given up on purpose: nothing took effect.
  case rolledBack = "rolled_back"
  /// It failed: nothing took effect.
  case failed
  /// The answer to COMMIT was lost: it may have taken effect or not.
  case unknown

  /// The outcome of a transaction that ended with an error.
  init(_ error: any Error) { self = (error as? BoltError)?.code == .incompleteCommit ? .unknown : .failed }
}
