extension Driver {
  /// Runs `body` in a transaction that only reads, in a session of its own, and runs it again when an error is worth
  /// it.
  ///
  /// ```swift
  /// let names = try await driver.executeRead { transaction in
  ///   let records = try await transaction.run("MATCH (p:Package) RETURN p.name").collect()
  ///   return try records.map { try $0.get("p.name", as: String.self) }
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - session: How the session works.
  ///   - configuration: Time limit and metadata of each attempt.
  ///   - body: The work. It may run several times, so it must not do anything outside the transaction that cannot be
  ///     repeated.
  /// - Throws: The error of the last attempt; `CancellationError` when the task is cancelled.
  @discardableResult
  public func executeRead<Result>(
    _ session: SessionConfiguration = SessionConfiguration(), configuration: TransactionConfiguration = .default,
    _ body: (Transaction) async throws -> Result
  ) async throws -> Result {
    try await withSession(session) { session in
      try await session.executeRead(configuration: configuration, body)
    }
  }

  /// Runs `body` in a transaction, in a session of its own, commits it, and runs it again when an error is worth it. A
  /// commit whose answer was lost is not repeated (`incompleteCommit`): whether that is safe only the caller knows.
  ///
  /// - Parameters:
  ///   - session: How the session works.
  ///   - configuration: Time limit and metadata of each attempt.
  ///   - body: The work. It may run several times, so it must not do anything outside the transaction that cannot be
  ///     repeated.
  /// - Throws: The error of the last attempt; `CancellationError` when the task is cancelled.
  @discardableResult
  public func executeWrite<Result>(
    _ session: SessionConfiguration = SessionConfiguration(), configuration: TransactionConfiguration = .default,
    _ body: (Transaction) async throws -> Result
  ) async throws -> Result {
    try await withSession(session) { session in
      try await session.executeWrite(configuration: configuration, body)
    }
  }
}
