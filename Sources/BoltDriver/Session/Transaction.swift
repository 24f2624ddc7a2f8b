import Synchronization

/// A transaction: queries that take effect together or not at all. Used by one task at a time.
///
/// A query that fails ends the transaction: everything after it fails with the same error, and nothing can be
/// committed.
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
  }

  private let loan: ConnectionLoan
  private let fetchSize: Int
  private let used: [String]
  private let bookmarks: BookmarkStore
  private let mark: TransactionCounters.Mark
  private let state: Lock<State>

  /// A transaction that begins with its first query.
  init(
    _ loan: ConnectionLoan, start: TransactionStart, fetchSize: Int, bookmarks: BookmarkStore,
    mark: TransactionCounters.Mark
  ) {
    self.loan = loan
    self.mark = mark
    self.fetchSize = fetchSize
    self.bookmarks = bookmarks
    used = start.bookmarks
    state = Lock(State(begin: start))
  }

  /// Runs a query.
  ///
  /// - Parameters:
  ///   - query: The query; values written into it as interpolations become parameters.
  ///   - fetchSize: How many records are asked for at a time; -1 for all, nil for the session's setting.
  /// - Throws: ``BoltError`` when the server refuses it; `CancellationError`.
  @discardableResult
  public func run(_ query: Query, fetchSize: Int? = nil) async throws -> QueryResult {
    try Task.checkCancellation()
    let stream = ResultStream(connection: loan.connection, fetchSize: fetchSize ?? self.fetchSize)
    do {
      let before = try takeBegin(addingResult: stream)
      try stream.start(query, transaction: nil, before: before)
      let header = try await stream.header()
      return QueryResult(stream: stream, query: query.text, header: header, connection: loan.connection)
    } catch {
      fail(error)
      throw error
    }
  }

  /// Whether queries can be run.
  public var isOpen: Bool { state.withLock { if case .open = $0.phase { true } else { false } } }

  /// Commits. Records that have not been read are dropped first.
  ///
  /// - Throws: ``BoltError`` when the server refuses, or when a query had failed before; `incompleteCommit` when the
  ///   answer was lost, so that the work may have taken effect or not.
  public func commit() async throws {
    try checkOpen()
    do {
      try await dropResults()
      try Task.checkCancellation()
      let before = try takeBegin(addingResult: nil)
      let metadata = try await commitAnswer(after: before)
      bookmarks.replace(used, from: metadata)
    } catch {
      fail(error)
      loan.giveBack()
      throw error
    }
    end("committed", as: .committed)
  }

  /// Rolls back: nothing of the transaction takes effect. Does nothing when it has ended.
  ///
  /// - Throws: ``BoltError`` when the server does not confirm it. Nothing takes effect then either.
  public func rollback() async throws {
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

  // MARK: - For the session

  /// Whether it has been committed or rolled back.
  var hasEnded: Bool { state.withLock { if case .ended = $0.phase { true } else { false } } }

  /// Gives the connection back as it is; the pool resets it.
  func drop() { end("rolled back") }

  /// Sends BEGIN and waits for its answer, so that a refusal shows at once.
  func begin() async throws {
    do {
      let before = try takeBegin(addingResult: nil)
      guard let begin = before.first else { return }
      _ = try await loan.connection.request(begin)
    } catch {
      fail(error)
      loan.giveBack()
      throw error
    }
  }

  /// Ends it whatever its state: rolled back when it is open. Waits for nothing when the task is cancelled: the pool
  /// resets the connection.
  func abandon() async {
    if !Task.isCancelled { try? await rollback() }
    end("rolled back")
  }

  // MARK: - Parts

  private func checkOpen() throws {
    switch state.withLock({ $0.phase }) {
    case .open: return
    case .failed(let error): throw error
    case .ended(let how): throw BoltError(.misuse, "the transaction has been \(how) already")
    }
  }

  /// BEGIN when it has not been sent.
  private func takeBegin(addingResult stream: ResultStream?) throws -> [BoltRequest] {
    try checkOpen()
    return state.withLock { state in
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
    let reason = BoltError(.resultConsumed, "the result's transaction failed", underlying: error)
    for stream in results { stream.close(error as? BoltError ?? reason) }
  }

  private func end(_ how: String, as outcome: TransactionOutcome = .rolledBack) {
    let (results, failure) = state.withLock { state in
      let failure: TransactionOutcome? = if case .failed(let error) = state.phase { .init(error) } else { nil }
      state.phase = .ended(how)
      defer { state.results = [] }
      return (state.results, failure)
    }
    mark.end(failure ?? outcome)
    for stream in results {
      stream.close(BoltError(.resultConsumed, "the result's transaction has been \(how)"))
    }
    loan.giveBack()
  }
}
