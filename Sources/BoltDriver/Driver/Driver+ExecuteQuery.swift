extension Driver {
  /// Runs a query in a transaction of its own and returns all its records; runs it again when an error is worth it. A
  /// transaction that only reads takes one round trip, one that writes two.
  ///
  /// It sees everything that earlier calls of this function on this driver committed.
  ///
  /// - Parameters:
  ///   - query: The query; values written into it as interpolations become parameters.
  ///   - database: The database; nil for the driver's.
  ///   - accessMode: Whether it may write.
  ///   - configuration: Time limit and metadata of each attempt.
  /// - Throws: ``BoltError``; `CancellationError` when the task is cancelled.
  @discardableResult
  public func executeQuery(
    _ query: Query, database: String? = nil, accessMode: AccessMode = .write,
    configuration: TransactionConfiguration = .default
  ) async throws -> EagerResult {
    try await executeQuery(
      query, ExecuteQueryConfiguration(accessMode: accessMode, database: database, transaction: configuration))
  }

  /// Runs a query in a transaction of its own and returns all its records; runs it again when an error is worth it.
  ///
  /// - Parameters:
  ///   - query: The query; values written into it as interpolations become parameters.
  ///   - configuration: Where and as whom it runs, and what it has to see.
  /// - Throws: ``BoltError``; `CancellationError` when the task is cancelled.
  @discardableResult
  public func executeQuery(_ query: Query, _ configuration: ExecuteQueryConfiguration) async throws -> EagerResult {
    try await executeQuery(query, configuration) { try await $0.eager() }
  }

  /// Runs a query in a transaction of its own and makes something of its records; runs the query again when an error is
  /// worth it.
  ///
  /// - Parameters:
  ///   - query: The query; values written into it as interpolations become parameters.
  ///   - configuration: Where and as whom it runs, and what it has to see.
  ///   - transform: Reads the result. When it is called all records have come and the query is committed: nothing is
  ///     undone, nor done again, when it throws.
  /// - Throws: ``BoltError``; what `transform` throws; `CancellationError` when the task is cancelled.
  public func executeQuery<Output>(
    _ query: Query, _ configuration: ExecuteQueryConfiguration = ExecuteQueryConfiguration(),
    transform: (QueryResult) async throws -> Output
  ) async throws -> Output {
    // Repeated is what went wrong in the graph, never what the caller makes of it: that is committed.
    try await transform(try await run(query, work(configuration), database: configuration.database))
  }

  private func run(_ query: Query, _ work: SessionWork, database: String?) async throws -> QueryResult {
    let operation = instruments.begin(.executeQuery, database: database ?? configuration.database, query: query)
    do {
      let result = try await configuration.retryPolicy.run(
        clock: configuration.clock, logger: logger,
        onRetry: { error in
          counters.countRetry(after: error)
          operation?.repeats(after: error)
        }, { _ in try await attempt(query, work, operation) })
      operation?.end()
      return result
    } catch {
      operation?.end(error)
      throw error
    }
  }

  private func attempt(
    _ query: Query, _ work: SessionWork, _ operation: ObservedOperation?
  ) async throws -> QueryResult {
    let (loan, start) = try await work.begin(on: provider)
    operation?.uses(loan)
    let mark = counters.begin()
    let isFull = self.configuration.pipelining == .full
    let stream = ResultStream(
      connection: loan.connection, fetchSize: isFull ? -1 : self.configuration.fetchSize
    ) { end in
      if case .success = end { mark.end(.committed) }
      loan.giveBack()
    }
    do {
      try stream.startTransaction(query, start, inOneWrite: isFull && start.accessMode == .read)
      // One wait for everything, rather than one for each part of the answer.
      try await stream.bufferRest()
      let header = try await stream.header()
      operation?.runs(by: header)
      return QueryResult(stream: stream, header: header, connection: loan.connection)
    } catch {
      stream.close(BoltError(.resultConsumed, "the query failed", underlying: error))
      loan.giveBack()
      let error = stream.commitDoubt(error, at: loan.connection.server.address)
      mark.end(TransactionOutcome(error))
      throw error
    }
  }

  private func work(_ configuration: ExecuteQueryConfiguration) -> SessionWork {
    var session = SessionConfiguration(
      database: configuration.database ?? self.configuration.database, impersonatedUser: configuration.impersonatedUser,
      auth: configuration.auth)
    switch configuration.bookmarks.kind {
    case .driver: session.bookmarkManager = executeQueryBookmarkManager
    case .manager(let manager): session.bookmarkManager = manager
    case .none: break
    }
    return SessionWork(
      SessionState(session), mode: configuration.accessMode, transaction: configuration.transaction,
      call: self.configuration.telemetry ? .executeQuery : nil)
  }
}
