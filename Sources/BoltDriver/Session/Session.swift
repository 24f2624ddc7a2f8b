import Logging
import Synchronization

/// A chain of work on one database, each piece seeing what the ones before it committed. Used by one task at a time;
/// cheap to make, so make one for each piece of work: `driver.withSession { session in … }`.
///
/// A connection is borrowed only while a query or transaction is under way.
public final class Session: Sendable {
  private enum Current {
    case nothing
    case result(ResultStream, ConnectionLoan)
    case transaction(Transaction)
    case closed
  }

  private let provider: any ConnectionProvider
  private let state: SessionState
  private let fetchSize: Int
  private let retryPolicy: RetryPolicy
  private let logger: Logger
  private let clock: DriverClock
  private let telemetry: Bool
  private let pipelining: Pipelining
  private let counters: TransactionCounters
  private let instruments: DriverInstruments
  private let current = Lock<Current>(.nothing)

  init(
    provider: any ConnectionProvider, configuration: SessionConfiguration, driver: DriverConfiguration,
    logger: Logger, counters: TransactionCounters, instruments: DriverInstruments
  ) {
    self.provider = provider
    state = SessionState(configuration)
    fetchSize = configuration.fetchSize ?? driver.fetchSize
    retryPolicy = driver.retryPolicy
    clock = driver.clock
    telemetry = driver.telemetry
    pipelining = driver.pipelining
    self.logger = logger
    self.counters = counters
    self.instruments = instruments
    counters.sessionOpened()
  }

  deinit {
    let isClosed = current.withLock { if case .closed = $0 { true } else { false } }
    if !isClosed { counters.sessionClosed() }
  }

  /// What a later session needs to see what this one committed.
  public var lastBookmarks: [String] { state.bookmarks.current }

  // MARK: - Auto-commit

  /// Runs a query in a transaction of its own, which the server commits when the query succeeds. It is never retried:
  /// use ``executeWrite(configuration:_:)`` for work that shall be.
  ///
  /// What has not been read of an earlier result is first fetched and kept for its reader.
  ///
  /// - Parameters:
  ///   - query: The query; values written into it as interpolations become parameters.
  ///   - configuration: Time limit and metadata.
  /// - Throws: ``BoltError``; `CancellationError` when the task is cancelled while it waits.
  @discardableResult
  public func run(_ query: Query, configuration: TransactionConfiguration = .default) async throws -> QueryResult {
    try await settleEarlierWork()
    let operation = instruments.begin(.run, database: state.database.name, query: query)
    do {
      return try await run(query, work(configuration, mode: state.configuration.accessMode, .autoCommit), operation)
    } catch {
      operation?.end(error)
      throw error
    }
  }

  private func run(
    _ query: Query, _ work: SessionWork, _ operation: ObservedOperation?
  ) async throws -> QueryResult {
    let (loan, start) = try await work.begin(on: provider)
    operation?.uses(loan)
    let mark = counters.begin()
    let stream = ResultStream(
      connection: loan.connection, fetchSize: fetchSize, operation: operation
    ) { [bookmarks = state.bookmarks] end in
      switch end {
      case .success(let metadata):
        bookmarks.replace(start.bookmarks, from: metadata)
        mark.end(.committed)
      case .failure(let error): mark.end(TransactionOutcome(error))
      }
      loan.giveBack()
    }
    do {
      try stream.start(query, transaction: start)
      let header = try await stream.header()
      try become(.result(stream, loan))
      return QueryResult(stream: stream, header: header, connection: loan.connection)
    } catch {
      stream.close(BoltError(.resultConsumed, "the query failed", underlying: error))
      loan.giveBack()
      throw error
    }
  }

  // MARK: - Transactions

  /// Begins a transaction, which the caller must end by ``Transaction/commit()`` or ``Transaction/rollback()``. Prefer
  /// ``withTransaction(configuration:_:)``, which cannot forget, or the managed ones, which retry.
  ///
  /// - Throws: ``BoltError``; `CancellationError` when the task is cancelled while it waits.
  public func beginTransaction(configuration: TransactionConfiguration = .default) async throws -> Transaction {
    try await settleEarlierWork()
    let work = work(configuration, mode: state.configuration.accessMode, .explicitTransaction)
    let transaction = try await transaction(work)
    try await transaction.begin()
    try become(.transaction(transaction))
    return transaction
  }

  /// Runs `body` in a transaction and commits it; rolls back when `body` throws. Nothing is retried.
  ///
  /// - Throws: What `body` throws; ``BoltError`` when beginning or committing fails.
  @discardableResult
  public func withTransaction<Result>(
    configuration: TransactionConfiguration = .default, _ body: (Transaction) async throws -> Result
  ) async throws -> Result {
    let transaction = try await beginTransaction(configuration: configuration)
    return try await finish(transaction, body)
  }

  /// Runs `body` in a transaction that only reads, and runs it again when an error is worth it.
  ///
  /// - Parameters:
  ///   - configuration: Time limit and metadata of each attempt.
  ///   - body: The work. It may run several times, so it must not do anything outside the transaction that cannot be
  ///     repeated.
  /// - Throws: The error of the last attempt; `CancellationError` when the task is cancelled.
  @discardableResult
  public func executeRead<Result>(
    configuration: TransactionConfiguration = .default, _ body: (Transaction) async throws -> Result
  ) async throws -> Result {
    try await execute(.read, configuration, body)
  }

  /// Runs `body` in a transaction, commits it, and runs it again when an error is worth it. A commit whose answer was
  /// lost is not repeated (`incompleteCommit`): whether that is safe only the caller knows.
  ///
  /// - Parameters:
  ///   - configuration: Time limit and metadata of each attempt.
  ///   - body: The work. It may run several times, so it must not do anything outside the transaction that cannot be
  ///     repeated.
  /// - Throws: The error of the last attempt; `CancellationError` when the task is cancelled.
  @discardableResult
  public func executeWrite<Result>(
    configuration: TransactionConfiguration = .default, _ body: (Transaction) async throws -> Result
  ) async throws -> Result {
    try await execute(.write, configuration, body)
  }

  // MARK: - End

  /// Ends the session: what is left of a result is dropped, an open transaction rolled back. May be called twice.
  ///
  /// - Throws: Why the last query failed, when that shows only now; why the server did not confirm the rollback.
  public func close() async throws {
    let last = current.withLock { current in
      defer { current = .closed }
      return current
    }
    if case .closed = last { return }
    counters.sessionClosed()
    switch last {
    case .nothing, .closed: return
    case .transaction(let transaction):
      // Somebody who is cancelled waits for nothing: the pool resets the connection.
      guard !Task.isCancelled else { return await transaction.abandon() }
      try await transaction.undo()
    case .result(let stream, let loan):
      defer {
        stream.close(BoltError(.resultConsumed, "the result's session is closed"))
        loan.giveBack()
      }
      // Somebody who is cancelled waits for nothing: the pool resets the connection.
      if !stream.hasEnded, !Task.isCancelled { _ = try await stream.discardRest() }
      if let failure = stream.unknownFailure { throw failure }
    }
  }

  // MARK: - Parts

  private func execute<Result>(
    _ mode: AccessMode, _ configuration: TransactionConfiguration, _ body: (Transaction) async throws -> Result
  ) async throws -> Result {
    try await settleEarlierWork()
    let work = work(configuration, mode: mode, .managedTransaction)
    let operation = instruments.begin(mode == .read ? .executeRead : .executeWrite, database: state.database.name)
    do {
      let result = try await retryPolicy.run(
        clock: clock, logger: logger,
        onRetry: { error in
          counters.countRetry(after: error)
          operation?.repeats(after: error)
        },
        { number in
          let transaction = try await transaction(work, attempt: number + 1, of: operation)
          transaction.manage()
          if pipelining == .standard { try await transaction.begin() }
          try become(.transaction(transaction))
          return try await finish(transaction, body)
        })
      operation?.end()
      return result
    } catch {
      operation?.end(error)
      throw error
    }
  }

  private func finish<Result>(
    _ transaction: Transaction, _ body: (Transaction) async throws -> Result
  ) async throws -> Result {
    do {
      let result = try await transaction.scope { try await body(transaction) }
      if !transaction.hasEnded { try await transaction.conclude() }
      leave()
      return result
    } catch {
      await transaction.abandon()
      leave()
      throw error
    }
  }

  private func transaction(
    _ work: SessionWork, attempt: Int? = nil, of managed: ObservedOperation? = nil
  ) async throws -> Transaction {
    let operation = instruments.begin(.transaction, database: state.database.name, in: managed)
    if let attempt { operation?.isAttempt(attempt) }
    do {
      let (loan, start) = try await work.begin(on: provider)
      operation?.uses(loan)
      managed?.uses(loan)
      return Transaction(
        loan, start: start, fetchSize: fetchSize, bookmarks: state.bookmarks, mark: counters.begin(),
        instruments: instruments, operation: operation)
    } catch {
      operation?.end(error, outcome: .failed)
      throw error
    }
  }

  private func work(
    _ configuration: TransactionConfiguration, mode: AccessMode, _ call: BoltRequest.TelemetryCall
  ) -> SessionWork {
    SessionWork(state, mode: mode, transaction: configuration, call: telemetry ? call : nil)
  }

  /// Makes way for new work: an open transaction forbids it, an open result is fetched to its end.
  private func settleEarlierWork() async throws {
    try Task.checkCancellation()
    switch current.withLock({ $0 }) {
    case .nothing: return
    case .closed: throw BoltError(.closed, "the session is closed")
    case .transaction(let transaction):
      // One that failed is over, whether or not anybody has rolled it back.
      guard !transaction.isOpen else {
        throw BoltError(.misuse, "the session has an open transaction: commit it or roll it back first")
      }
      transaction.letGo()
    case .result(let stream, _):
      guard !stream.hasEnded else { return }
      // An error of the earlier query is its reader's to hear.
      do { try await stream.bufferRest() } catch is BoltError {}
    }
  }

  private func become(_ new: Current) throws {
    let isClosed = current.withLock { current in
      if case .closed = current { return true }
      current = new
      return false
    }
    guard !isClosed else {
      if case .transaction(let transaction) = new { transaction.drop() }
      throw BoltError(.closed, "the session was closed meanwhile")
    }
  }

  private func leave() {
    current.withLock { current in
      if case .transaction = current { current = .nothing }
    }
  }
}
