import NIOCore
import Synchronization

/// The records of one query on their way from the server to the reader.
///
/// The connection's event loop puts raw records in; the reader takes all that are there, decodes them on its own
/// thread, and asks the server for more only then. What is held is bounded by two fetches, and by some megabytes however
/// large those are: when that much waits for the reader, nothing more is read from the connection.
final class ResultStream: ResponseSink {
  /// Hears once of the metadata of the last answer, or of why there is none.
  typealias EndHandler = @Sendable (Result<[String: BoltValue], any Error>) -> Void

  private let connection: BoltConnection
  private let fetchSize: Int64
  private let scope: ResultScope?
  private let operation: ObservedOperation?
  private let state: Lock<ResultState>
  /// Off once records must not be delivered any more, not even those that a reader has already taken.
  private let isOpen = Atomic(true)

  /// - Parameters:
  ///   - connection: Where the query runs.
  ///   - fetchSize: How many records are asked for at a time; -1 for all.
  ///   - scope: The transaction that it is part of; nil when it runs alone.
  ///   - operation: Told of the end of the query; nil when nobody watches.
  ///   - onEnd: Called once, on the event loop, when nothing more is due from the server.
  init(
    connection: BoltConnection, fetchSize: Int, scope: ResultScope? = nil, operation: ObservedOperation? = nil,
    onEnd: EndHandler? = nil
  ) {
    self.connection = connection
    // Version 3 knows no part of a result.
    self.fetchSize = fetchSize > 0 && connection.server.protocolVersion >= .v40 ? Int64(fetchSize) : -1
    self.scope = scope
    self.operation = operation
    state = Lock(ResultState(onEnd: onEnd))
  }

  // MARK: - Requests

  /// Sends the query with the first PULL behind it, and `before` in front of it, all in one write.
  func start(_ query: Query, transaction: TransactionStart?, before: [BoltRequest] = []) throws {
    remember(query)
    let run = BoltRequest.run(query: query.text, parameters: query.parameters, start: transaction)
    try connection.send(before + [run, .pull(n: fetchSize, queryID: -1)], to: self)
  }

  /// Runs a query as a whole transaction.
  ///
  /// With all in one write COMMIT goes out as well: when a part fails the server looks at none behind it. That is for
  /// queries that only read and for all of their records. COMMIT of others is sent when all else has succeeded, so that
  /// the loss of a connection before it leaves no doubt.
  func startTransaction(_ query: Query, _ transaction: TransactionStart, inOneWrite: Bool) throws {
    remember(query)
    state.withLock { $0.commit = inOneWrite ? .harmless : .planned }
    let run = BoltRequest.run(query: query.text, parameters: query.parameters, start: nil)
    let requests: [BoltRequest] = [.begin(transaction), run, .pull(n: inOneWrite ? -1 : fetchSize, queryID: -1)]
    try connection.send(inOneWrite ? requests + [.commit] : requests, to: self)
  }

  /// Waits until the server has accepted the query.
  ///
  /// - Returns: The metadata of RUN's success.
  func header() async throws -> [String: BoltValue] {
    while true {
      let header = try state.withLock { state -> [String: BoltValue]? in
        if let header = state.header { return header }
        if case .failed(let error) = state.phase {
          state.isFailureKnown = true
          throw error
        }
        return nil
      }
      if let header { return header }
      try await wait(for: .header)
    }
  }

  /// What was asked for.
  var query: Query { state.withLock { $0.query } ?? Query("") }

  // MARK: - Reading

  /// The records to read next, at least one; nil behind the last.
  ///
  /// - Parameter everything: Whether all that are left on the server are asked for at once.
  func nextBatch(everything: Bool = false) async throws -> RecordBatch? {
    let amount = everything ? -1 : fetchSize
    // While a large batch is being read the next one may already travel; small ones are asked for when needed.
    let fetchAhead = everything || fetchSize >= Self.smallestFetchAhead
    while true {
      switch try state.withLock({ try $0.step(fetchAhead: fetchAhead) }) {
      case .read(let batch, let fetchMore, let readOn):
        if readOn { connection.readOn() }
        if fetchMore { ask(.pull(n: amount, queryID: queryID)) }
        return batch
      case .fetch: ask(.pull(n: amount, queryID: queryID))
      case .wait: try await wait(for: .records)
      case .end: return nil
      }
    }
  }

  /// Makes sure that records may still be read.
  ///
  /// - Throws: Why not.
  @inline(__always)
  func checkOpen() throws {
    guard isOpen.load(ordering: .relaxed), scope?.isOpen ?? true else { throw closeReason }
  }

  /// Why records cannot be read. That the transaction has ended says more than that somebody consumed the result.
  private var closeReason: BoltError {
    scope?.closeReason ?? state.withLock { $0.closedBy }
      ?? BoltError(.resultConsumed, "the result has been consumed")
  }

  /// Drops what has not been read and waits for the end. May be called again, and then tells the same.
  ///
  /// - Returns: The metadata of the last answer.
  /// - Throws: Why the query failed; `CancellationError`.
  func consume() async throws -> [String: BoltValue] {
    try state.withLock { state in
      if !state.hasEnded, let closedBy = state.closedBy { throw closedBy }
    }
    let metadata = try await discardRest()
    close(
      BoltError(.resultConsumed, "the result has been consumed: its records are gone; read them before its summary"))
    return metadata
  }

  /// Drops what has not been read and waits for the end.
  ///
  /// - Returns: The metadata of the last answer.
  /// - Throws: Why the query failed; `CancellationError`.
  func discardRest() async throws -> [String: BoltValue] {
    takeAll { $0.isDiscarding = true }
    return try await end { .discard(n: -1, queryID: $0) }
  }

  /// Fetches all that is left and keeps it for a later reader; the connection is free afterwards.
  func bufferRest() async throws {
    takeAll()
    _ = try await end { .pull(n: -1, queryID: $0) }
  }

  /// From now on reading throws this error; what comes is dropped.
  func close(_ error: BoltError) {
    isOpen.store(false, ordering: .relaxed)
    takeAll { state in
      if state.closedBy == nil { state.closedBy = error }
      // A COMMIT that has not been sent must not be, once nobody waits for it.
      switch state.commit {
      case .planned, .due:
        state.commit = nil
        // Without it the end of the records is no end of the transaction.
        state.onEnd = nil
      case .sent, .harmless, nil: break
      }
      state.isDiscarding = true
    }
    tellEnd()
    // Nobody waits for what may still come.
    operation?.end(Task.isCancelled ? CancellationError() : nil)
  }

  /// Its transaction failed without its doing: nothing more will come, nor must be asked for. What has come can be read.
  func fail(_ error: BoltError) {
    let waiter = state.withLock { state in
      guard !state.hasEnded else { return CheckedContinuation<Void, any Error>?.none }
      state.phase = .failed(error)
      state.onEnd = nil
      defer { state.waiter = nil }
      return state.waiter?.continuation
    }
    tellEnd()
    waiter?.resume()
  }

  /// Whether nothing more is due from the server, nor to be asked for.
  var hasEnded: Bool { state.withLock { $0.hasEnded } }

  /// Why the query failed, when no reader has been told of it.
  var unknownFailure: (any Error)? {
    state.withLock { state in
      if case .failed(let error) = state.phase, !state.isFailureKnown { error } else { nil }
    }
  }

  /// Whether any record has come.
  var sawRecords: Bool { state.withLock { $0.sawRecords } }

  /// What to report when a query with its own COMMIT ended with an error: a connection that broke, or a task that was
  /// cancelled, may have lost the answer to a COMMIT that took effect.
  func commitDoubt(_ error: any Error, at address: String) -> any Error {
    switch state.withLock({ $0.commit }) {
    case .harmless:
      if let error = error as? BoltError, error.code == .incompleteCommit { return error.underlying ?? error }
      return error
    case .sent where error is CancellationError:
      return BoltError(
        .incompleteCommit, "the task was cancelled while COMMIT was under way: it may or may not have taken effect",
        address: address, underlying: error)
    case .sent, .due, .planned, nil: return error
    }
  }

  // MARK: - ResponseSink

  func receive(_ records: [ByteBuffer]) {
    state.withLock { $0.add(records, limit: Self.largestBacklog) }
  }

  var isFull: Bool { state.withLock { $0.isFull } }

  func complete(_ kind: BoltRequest.Kind, _ outcome: Result<[String: BoltValue], BoltError>) {
    if let operation, kind == .run, case .success(let header) = outcome { operation.runs(by: header) }
    state.withLock { state in
      if case .failed = state.phase { return }
      switch (kind, outcome) {
      case (_, .failure(let error)): state.phase = .failed(error)
      case (.run, .success(let metadata)): state.header = metadata
      case (.pull, .success(let metadata)), (.discard, .success(let metadata)):
        if metadata["has_more"] == .bool(true) {
          state.phase = .paused
        } else if let commit = state.commit {
          state.lastPull = metadata
          if case .planned = commit { state.commit = .due }
        } else {
          state.phase = .finished(metadata)
        }
      case (.commit, .success(let metadata)):
        state.phase = .finished(state.lastPull.merging(metadata) { pulled, _ in pulled })
      default: break
      }
    }
  }

  func wake() {
    sendCommitIfDue()
    let (waiter, ended) = state.withLock { state in
      let ended = state.takeEnd()
      guard let waiter = state.waiter, state.satisfies(waiter.wanted) else {
        return (CheckedContinuation<Void, any Error>?.none, ended)
      }
      state.waiter = nil
      return (waiter.continuation, ended)
    }
    // First the connection is free, then the reader goes on.
    tellEnd()
    ended?()
    waiter?.resume()
  }

  // MARK: - Parts

  /// Tells whoever watches that the server has said the last word, once that is so.
  private func tellEnd() {
    guard let operation else { return }
    let end = state.withLock { state -> Result<Void, any Error>? in
      switch state.phase {
      case .finished: .success(())
      case .failed(let error): .failure(error)
      case .answering, .paused: nil
      }
    }
    switch end {
    case .success: operation.end()
    case .failure(let error): operation.end(error)
    case nil: break
    }
  }

  /// From how many bytes on, waiting for the reader, nothing more is read.
  static let largestBacklog = 4 * 1024 * 1024

  /// Lets everything come that is still to come, whoever reads it.
  private func takeAll(_ change: (inout ResultState) -> Void = { _ in }) {
    let wasFull = state.withLock { state in
      change(&state)
      return state.takeAll()
    }
    if wasFull { connection.readOn() }
  }

  /// From which fetch size on the next fetch is asked for while the last is being read.
  private static let smallestFetchAhead: Int64 = 100

  private func sendCommitIfDue() {
    let isDue = state.withLock { state in
      guard case .due? = state.commit else { return false }
      state.commit = .sent
      return true
    }
    if isDue { ask(.commit) }
  }

  private func remember(_ query: Query) {
    let number = scope?.next() ?? 0
    state.withLock { state in
      state.query = query
      state.number = number
    }
  }

  /// How requests name the query; -1 for the last one that was sent, which is what the server assumes.
  private var queryID: Int64 {
    guard let scope else { return -1 }
    let (header, number) = state.withLock { ($0.header, $0.number) }
    guard !scope.isLast(number), case .int(let id)? = header?["qid"] else { return -1 }
    return id
  }

  private func end(_ request: (_ queryID: Int64) -> BoltRequest) async throws -> [String: BoltValue] {
    while true {
      let (isPaused, metadata) = try state.withLock { state -> (Bool, [String: BoltValue]?) in
        switch state.phase {
        case .answering: return (false, nil)
        case .paused:
          state.phase = .answering
          return (true, nil)
        case .finished(let metadata): return (false, metadata)
        case .failed(let error):
          state.isFailureKnown = true
          throw error
        }
      }
      if let metadata { return metadata }
      if isPaused { ask(request(queryID)) }
      try await wait(for: .end)
    }
  }

  private func ask(_ request: BoltRequest) {
    do { try connection.send([request], to: self) } catch {
      // Neither PULL nor DISCARD carries anything that could not be encoded.
      state.withLock { $0.phase = .failed(error) }
      wake()
    }
  }

  private func wait(for wanted: ResultState.Wanted) async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let outcome = state.withLock { state -> Result<Void, any Error>? in
          if state.satisfies(wanted) { return .success(()) }
          if Task.isCancelled { return .failure(CancellationError()) }
          guard state.waiter == nil else {
            return .failure(BoltError(.misuse, "a result is read by two tasks at once"))
          }
          state.waiter = (wanted, continuation)
          return nil
        }
        if let outcome { continuation.resume(with: outcome) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }
      waiter?.continuation.resume(throwing: CancellationError())
    }
  }
}
