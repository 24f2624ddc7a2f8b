import Synchronization

/// A transaction: queries that take effect together or not at all. Used by one task at a time.
///
/// A query that fails ends the transaction: nothing can be run or committed any more (`transactionTerminated`, with the
/// query's error underneath), and open results of other queries end with it (`resultFailed`). One that a managed
/// function (`executeRead`, `executeWrite`) lends is committed or rolled back by that function alone.
public final class Transaction: Sendable {
  private enum Phase {
    case open
    case failed(any Error)
    case ended(String)
  }

  private struct State {
    var phase = Phase.open
    /// BEGIN, until it has been sent: it travels in front of the first query.
    var begin: TransactionStart?
    var results: [ResultStream] = []
    /// Who commits, when it is not whoever runs the queries.
    var isManaged = false
  }

  private let loan: ConnectionLoan
  private let fetchSize: Int
  private let used: [String]
  private let bookmarks: BookmarkStore
  private let mark: TransactionCounters.Mark
  private let instruments: DriverInstruments
  private let operation: ObservedOperation?
  private let scope = ResultScope()
  private let state: Lock<State>

  /// A transaction that begins with its first query.
  init(
    _ loan: ConnectionLoan, start: TransactionStart, fetchSize: Int, bookmarks: BookmarkStore,
    mark: TransactionCounters.Mark, instruments: DriverInstruments, operation: ObservedOperation?
  ) {
    self.loan = loan
    self.mark = mark
    self.instruments = instruments
    self.operation = operation
    self.fetchSize = fetchSize
    self.bookmarks = bookmarks
    used = start.bookmarks
    state = Lock(State(begin: start))
  }

  // One that is let go of without an end has come to nothing.
  deinit { operation?.end(outcome: .failed) }

  /// Runs a query.
  ///
  /// - Parameters:
  ///   - query: The query; values written into it as interpolations become parameters.
  ///   - fetchSize: How many records are asked for at a time; -1 for all, nil for the session's setting.
  /// - Throws: ``BoltError`` when the server refuses it; `transactionTerminated` when an earlier query failed, `closed`
  ///   when the transaction has ended; `CancellationError`.
  @discardableResult
  public func run(_ query: Query, fetchSize: Int? = nil) async throws -> QueryResult {
    try Task.checkCancellation()
    try checkOpen()
    let watched = instruments.begin(.run, database: loan.database, query: query, in: operation?.parentOfParts)
    watched?.uses(loan)
    let stream = ResultStream(
      connection: loan.connection, fetchSize: fetchSize ?? self.fetchSize, scope: scope, operation: watched
    ) { [weak self] end in
      if case .failure(let error) = end { self?.fail(error) }
    }
    do {
      let before = takeBegin(addingResult: stream)
      try stream.start(query, transaction: nil, before: before)
      let header = try await stream.header()
      return QueryResult(stream: stream, header: header, connection: loan.connection)
    } catch {
      watched?.end(error)
      fail(error)
      throw error
    }
  }

  /// Whether queries can be run.
  public var isOpen: Bool { state.withLock { if case .open = $0.phase { true } else { false } } }

  /// Commits. Records that have not been read are dropped first.
  ///
  /// - Throws: ``BoltError`` when the server refuses; `transactionTerminated` when a query had failed; `closed` when it
  ///   has ended; `misuse` when it is managed; `incompleteCommit` when the answer was lost, so that the work may have
  ///   taken effect or not.
  public func commit() async throws {
    try checkUnmanaged("commit")
    try await conclude()
  }

  /// Rolls back: nothing of the transaction takes effect. Does nothing more when a query had failed, as the server has
  /// done it then.
  ///
  /// - Throws: ``BoltError`` when the server does not confirm it; nothing takes effect then either. `closed` when the
  ///   transaction has ended; `misuse` when it is managed.
  public func rollback() async throws {
    try checkUnmanaged("rollback")
    if case .ended = state.withLock({ $0.phase }) { try checkOpen() }
    try await undo()
  }

  /// Ends the transaction: rolls back when it has not been committed. May be called after any of the others, and twice.
  ///
  /// - Throws: ``BoltError`` when the server does not confirm it; nothing takes effect then either. `misuse` when it is
  ///   managed.
  public func close() async throws {
    try checkUnmanaged("close")
    try await undo()
  }

  // MARK: - For the session

  /// Runs the work of the transaction, so that what it does is part of the transaction for whoever watches.
  func scope<Result>(_ body: () async throws -> Result) async throws -> Result {
    guard let operation else { return try await body() }
    return try await operation.scope(body)
  }

  /// Whether it has been committed or rolled back.
  var hasEnded: Bool { state.withLock { if case .ended = $0.phase { true } else { false } } }

  /// From now on only the session commits or rolls back.
  func manage() { state.withLock { $0.isManaged = true } }

  /// Gives the connection of a transaction that is over back; it still says how it ended.
  func letGo() { loan.giveBack() }

  /// Gives the connection back as it is; the pool resets it.
  func drop() { end("rolled back") }

  /// Sends BEGIN and waits for its answer, so that a refusal shows at once.
  func begin() async throws {
    do {
      guard let begin = takeBegin(addingResult: nil).first else { return }
      let header = try await loan.connection.request(begin)
      if let first = header.first { operation?.runs(by: first) }
    } catch {
      fail(error)
      operation?.end(error, outcome: TransactionOutcome(error))
      loan.giveBack()
      throw error
    }
  }

  /// Commits, whoever may call ``commit()``.
  func conclude() async throws {
    try checkOpen()
    do {
      try await dropResults()
      try Task.checkCancellation()
      let metadata = try await commitAnswer(after: takeBegin(addingResult: nil))
      bookmarks.replace(used, from: metadata)
    } catch {
      fail(error)
      operation?.end(error, outcome: TransactionOutcome(error))
      loan.giveBack()
      throw error
    }
    end("committed", as: .committed)
  }

  /// Ends it whatever its state: rolled back when it is open. Waits for nothing when the task is cancelled: the pool
  /// resets the connection.
  func abandon() async {
    if !Task.isCancelled { try? await undo() }
    end("rolled back")
  }

  // MARK: - Parts

  private func checkOpen() throws {
    switch state.withLock({ $0.phase }) {
    case .open: return
    case .failed(let error):
      throw BoltError(
        .transactionTerminated, "an earlier query of the transaction failed: roll it back and begin anew",
        address: loan.connection.server.address, underlying: error)
    case .ended(let how): throw BoltError(.closed, "the transaction is closed: it has been \(how)")
    }
  }

  private func checkUnmanaged(_ what: String) throws {
    guard state.withLock({ $0.isManaged }) else { return }
    throw BoltError(
      .misuse, "\(what)() of a managed transaction: return from its body to commit, throw from it to roll back")
  }

  /// Rolls back when it is open.
  func undo() async throws {
    switch state.withLock({ ($0.phase, $0.begin != nil) }) {
    case (.ended, _): return
    case (.open, false):
      do {
        try await dropResults()
        _ = try await loan.connection.request(.rollback)
      } catch {
        fail(error)
        end("rolled back")
        throw error
      }
    case (.open, true), (.failed, _): break  // Nothing has begun, or the server has given up already.
    }
    end("rolled back")
  }

  /// BEGIN when it has not been sent.
  private func takeBegin(addingResult stream: ResultStream?) -> [BoltRequest] {
    state.withLock { state in
      if let stream {
        state.results.removeAll(where: \.hasEnded)
        state.results.append(stream)
      }
      guard let begin = state.begin else { return [] }
      state.begin = nil
      return [.begin(begin)]
    }
  }

  /// The server commits only when no result is open.
  private func dropResults() async throws {
    for stream in state.withLock({ $0.results }) { _ = try await stream.discardRest() }
  }

  private func commitAnswer(after before: [BoltRequest]) async throws -> [String: BoltValue] {
    do {
      if let begin = before.first {
        return try await loan.connection.request(begin, .commit).last ?? [:]
      }
      return try await loan.connection.request(.commit).last ?? [:]
    } catch is CancellationError {
      throw BoltError(
        .incompleteCommit, "the task was cancelled while COMMIT was under way: it may or may not have taken effect",
        address: loan.connection.server.address, underlying: CancellationError())
    }
  }

  private func fail(_ error: any Error) {
    let results = state.withLock { state in
      if case .open = state.phase { state.phase = .failed(error) }
      return state.results
    }
    let reason = BoltError(
      .resultFailed, "another query of the result's transaction failed", address: loan.connection.server.address,
      underlying: error)
    for stream in results { stream.fail(reason) }
  }

  private func end(_ how: String, as outcome: TransactionOutcome = .rolledBack) {
    let (results, failure) = state.withLock { state in
      let failure: (any Error)? = if case .failed(let error) = state.phase { error } else { nil }
      state.phase = .ended(how)
      defer { state.results = [] }
      return (state.results, failure)
    }
    let outcome = failure.map { TransactionOutcome($0) } ?? outcome
    mark.end(outcome)
    operation?.end(failure, outcome: outcome)
    let reason = BoltError(.resultConsumed, "the result's transaction is closed: it has been \(how)")
    scope.close(reason)
    for stream in results { stream.close(reason) }
    loan.giveBack()
  }
}
