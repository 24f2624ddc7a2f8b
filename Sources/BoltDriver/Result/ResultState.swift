import NIOCore

/// How far a result is. Guarded by the lock of its ``ResultStream``.
struct ResultState {
  /// How far the server is.
  enum Phase {
    /// An answer is due.
    case answering
    /// The server has more and waits to be asked.
    case paused
    case finished([String: BoltValue])
    case failed(any Error)
  }

  /// What a reader waits for.
  enum Wanted {
    case header
    case records
    case end
  }

  /// How far the COMMIT is that follows the query by itself.
  enum Commit {
    /// To be sent as soon as the last record is here.
    case planned
    case due
    case sent
    /// Sent with the query; nothing is written, so nothing is in doubt when its answer is lost.
    case harmless
  }

  /// What a reader is to do.
  enum Step {
    /// `readOn` says that the connection has been told to read no more, and can go on now.
    case read(RecordBatch, fetchMore: Bool, readOn: Bool)
    case fetch
    case wait
    case end
  }

  var phase = Phase.answering
  var query: Query?
  var header: [String: BoltValue]?
  /// Records that no reader has seen.
  var records: [ByteBuffer] = []
  /// How many bytes these records have.
  var bytes = 0
  /// Whether the connection has been told to read no more for now.
  var isFull = false
  /// Whether everything shall be held, however much it is.
  var takesAll = false
  /// What readers are at; nil when they have had all of it.
  var batch: RecordBatch?
  var sawRecords = false
  /// Records are no longer wanted.
  var isDiscarding = false
  /// The transaction that ends with the query; nil when it does not end by itself.
  var commit: Commit?
  /// The last answer to PULL, kept until the COMMIT is answered.
  var lastPull: [String: BoltValue] = [:]
  var waiter: (wanted: Wanted, continuation: CheckedContinuation<Void, any Error>)?
  var onEnd: ResultStream.EndHandler?
  /// Whether a reader has been told of the failure.
  var isFailureKnown = false
  /// Why the records can no longer be read, once that is so.
  var closedBy: BoltError?
  /// Which query of its transaction it is.
  var number = 0

  /// What a reader is to do next.
  ///
  /// - Parameter fetchAhead: Whether the next fetch is asked for while this one is being read.
  /// - Throws: Why there are no more records.
  mutating func step(fetchAhead: Bool) throws -> Step {
    if let closedBy { throw closedBy }
    if let batch, batch.first != nil { return .read(batch, fetchMore: false, readOn: false) }
    batch = nil
    if !records.isEmpty {
      let fresh = RecordBatch(records)
      batch = fresh
      let wasFull = forgetRecords()
      guard case .paused = phase, fetchAhead else { return .read(fresh, fetchMore: false, readOn: wasFull) }
      phase = .answering
      return .read(fresh, fetchMore: true, readOn: wasFull)
    }
    switch phase {
    case .answering: return .wait
    case .paused:
      phase = .answering
      return .fetch
    case .finished: return .end
    case .failed(let error):
      isFailureKnown = true
      throw error
    }
  }

  /// Whether nothing more is due from the server, nor to be asked for.
  var hasEnded: Bool {
    switch phase {
    case .finished, .failed: true
    case .answering, .paused: false
    }
  }

  /// Whether a waiting reader can go on.
  func satisfies(_ wanted: Wanted) -> Bool {
    if case .failed = phase { return true }
    switch wanted {
    case .header: return header != nil
    case .records:
      if case .answering = phase { return !records.isEmpty }
      return true
    case .end:
      if case .answering = phase { return false }
      return true
    }
  }

  /// Records have come.
  ///
  /// - Parameter limit: From how many bytes on no more are to be read.
  mutating func add(_ fresh: [ByteBuffer], limit: Int) {
    sawRecords = true
    guard !isDiscarding, !hasEnded else { return }
    if records.isEmpty { records = fresh } else { records.append(contentsOf: fresh) }
    for record in fresh { bytes &+= record.readableBytes }
    isFull = !takesAll && bytes >= limit
  }

  /// From now on everything is taken, whoever reads it, or dropped when nobody will.
  ///
  /// - Returns: Whether the connection waited for that.
  mutating func takeAll() -> Bool {
    takesAll = true
    if isDiscarding {
      batch = nil
      return forgetRecords()
    }
    defer { isFull = false }
    return isFull
  }

  /// - Returns: Whether the connection waited for that.
  private mutating func forgetRecords() -> Bool {
    defer { isFull = false }
    records = []
    bytes = 0
    return isFull
  }

  /// The handler of the end, when that is reached; it is told once.
  mutating func takeEnd() -> (@Sendable () -> Void)? {
    guard let onEnd else { return nil }
    switch phase {
    case .finished(let metadata):
      self.onEnd = nil
      return { onEnd(.success(metadata)) }
    case .failed(let error):
      self.onEnd = nil
      return { onEnd(.failure(error)) }
    case .answering, .paused: return nil
    }
  }
}
