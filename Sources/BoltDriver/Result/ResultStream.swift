import NIOCore
import Synchronization

/// The records of one query on their way from the server to the reader.
///
/// The connection's event loop puts raw records in; the reader takes all that are there, decodes them on its own
/// thread, and asks the server for more only then. What is held is bounded by two fetches, and by some megabytes however
/// large those are: when that much waits for the reader, nothing more is read from the connection.
final class ResultStream: ResponseSink {
  /// How far the result is.
  private enum Phase {
    /// An answer is due.
    case answering
    /// The server has more and waits to be asked.
    case paused
    case finished([String: BoltValue])
    case failed(any Error)
  }

  /// What a reader waits for.
  private enum Wanted {
    case header
    case records
    case end
  }

  /// How far the COMMIT is that follows the query by itself.
  private enum Commit {
    /// To be sent as soon as the last record is here.
    case planned
    case due
    case sent
    /// Sent with the query; nothing is written, so nothing is in doubt when its answer is lost.
    case harmless
  }

  /// Hears once of the metadata of the last answer, or of why there is none.
  typealias EndHandler = @Sendable (Result<[String: BoltValue], any Error>) -> Void

  private struct State {
    var phase = Phase.answering
    var header: [String: BoltValue]?
    var records: [ByteBuffer] = []
    /// How many bytes the records have.
    var bytes = 0
    /// Whether the connection has been told to read no more for now.
    var isFull = false
    /// Whether everything shall be held, however much it is.
    var takesAll = false
    var sawRecords = false
    /// Records are no longer wanted.
    var isDiscarding = false
    /// The transaction that ends with the query; nil when it does not end by itself.
    var commit: Commit?
    /// The last answer to PULL, kept until the COMMIT is answered.
    var lastPull: [String: BoltValue] = [:]
    var waiter: (wanted: Wanted, continuation: CheckedContinuation<Void, any Error>)?
    var onEnd: EndHandler?
    /// Whether a reader has been told of the failure.
    var isFailureKnown = false
    /// Why the records can no longer be read, once that is so.
    var closedBy: BoltError?

    /// Holds no records any more; returns whether the connection waited for that.
    mutating func dropRecords() -> Bool {
      defer { isFull = false }
      records = []
      bytes = 0
      return isFull
    }
  }

  private let connection: BoltConnection
  private let fetchSize: Int64
  private let state: Lock<State>

  /// - Parameters:
  ///   - connection: Where the query runs.
  ///   - fetchSize: How many records are asked for at a time; -1 for all.
  ///   - onEnd: Called once, on the event loop, when nothing more is due from the server.
  init(connection: BoltConnection, fetchSize: Int, onEnd: EndHandler? = nil) {
    self.connection = connection
    self.fetchSize = fetchSize > 0 ? Int64(fetchSize) : -1
    state = Lock(State(onEnd: onEnd))
  }

  // MARK: - Requests

  /// Sends the query with the first PULL behind it, and `before` in front of it, all in one write.
  func start(_ query: Query, transaction: TransactionStart?, before: [BoltRequest] = []) throws {
    let run = BoltRequest.run(query: query.text, parameters: query.parameters, start: transaction)
    try connection.send(before + [run, .pull(n: fetchSize, queryID: -1)], to: self)
  }

  /// Runs a query as a whole transaction. One that only reads goes out in one write, COMMIT included: when a part fails
  /// the server looks at none behind it. COMMIT of one that writes is sent when all else has succeeded, so that the
  /// loss of a connection before it leaves no doubt.
  func startTransaction(_ query: Query, _ transaction: TransactionStart) throws {
    let isRead = transaction.accessMode == .read
    state.withLock { state in
      state.commit = isRead ? .harmless : .planned
      state.takesAll = true
    }
    let run = BoltRequest.run(query: query.text, parameters: query.parameters, start: nil)
    let requests: [BoltRequest] = [.begin(transaction), run, .pull(n: -1, queryID: -1)]
    try connection.send(isRead ? requests + [.commit] : requests, to: self)
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

  /// Waits until nothing more is due, with the records kept for a reader.
  func waitForEnd() async throws {
    takeAll()
    try await wait(for: .end)
  }

  /// The records that have come, at least one; nil behind the last.
  func nextBatch() async throws -> [ByteBuffer]? {
    while true {
      enum Step {
        case batch([ByteBuffer], fetchMore: Bool, readOn: Bool)
        case fetch
        case wait
        case end
      }
      let step = try state.withLock { state -> Step in
        if let closedBy = state.closedBy { throw closedBy }
        if !state.records.isEmpty {
          let batch = state.records
          let wasFull = state.dropRecords()
          // While a large batch is being read the next one may already travel; small ones are asked for when needed.
          guard case .paused = state.phase, fetchSize >= Self.smallestFetchAhead else {
            return .batch(batch, fetchMore: false, readOn: wasFull)
          }
          state.phase = .answering
          return .batch(batch, fetchMore: true, readOn: wasFull)
        }
        switch state.phase {
        case .answering: return .wait
        case .paused:
          state.phase = .answering
          return .fetch
        case .finished: return .end
        case .failed(let error):
          state.isFailureKnown = true
          throw error
        }
      }
      switch step {
      case .batch(let batch, let fetchMore, let readOn):
        if readOn { connection.readOn() }
        if fetchMore { ask(.pull(n: fetchSize, queryID: queryID)) }
        return batch
      case .fetch: ask(.pull(n: fetchSize, queryID: queryID))
      case .wait: try await wait(for: .records)
      case .end: return nil
      }
    }
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
  }

  /// Whether nothing more is due from the server, nor to be asked for.
  var hasEnded: Bool {
    state.withLock { state in
      switch state.phase {
      case .finished, .failed: true
      case .answering, .paused: false
      }
    }
  }

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
    state.withLock { state in
      state.sawRecords = true
      guard !state.isDiscarding else { return }
      if state.records.isEmpty { state.records = records } else { state.records.append(contentsOf: records) }
      for record in records { state.bytes &+= record.readableBytes }
      state.isFull = !state.takesAll && state.bytes >= Self.largestBacklog
    }
  }

  var isFull: Bool { state.withLock { $0.isFull } }

  func complete(_ kind: BoltRequest.Kind, _ outcome: Result<[String: BoltValue], BoltError>) {
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
      var ended: (@Sendable () -> Void)?
      switch state.phase {
      case .finished(let metadata):
        if let onEnd = state.onEnd { ended = { onEnd(.success(metadata)) } }
        state.onEnd = nil
      case .failed(let error):
        if let onEnd = state.onEnd { ended = { onEnd(.failure(error)) } }
        state.onEnd = nil
      case .answering, .paused: break
      }
      guard let waiter = state.waiter, Self.isSatisfied(waiter.wanted, in: state) else {
        return (CheckedContinuation<Void, any Error>?.none, ended)
      }
      state.waiter = nil
      return (waiter.continuation, ended)
    }
    // First the connection is free, then the reader goes on.
    ended?()
    waiter?.resume()
  }

  // MARK: - Parts

  /// From how many bytes on, waiting for the reader, nothing more is read.
  static let largestBacklog = 4 * 1024 * 1024

  /// Lets everything come that is still to come, whoever reads it.
  private func takeAll(_ change: (inout State) -> Void = { _ in }) {
    let wasFull = state.withLock { state in
      change(&state)
      state.takesAll = true
      if state.isDiscarding { return state.dropRecords() }
      defer { state.isFull = false }
      return state.isFull
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

  private var queryID: Int64 {
    if case .int(let id)? = state.withLock({ $0.header?["qid"] }) { id } else { -1 }
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

  private func wait(for wanted: Wanted) async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let outcome = state.withLock { state -> Result<Void, any Error>? in
          if Self.isSatisfied(wanted, in: state) { return .success(()) }
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

  private static func isSatisfied(_ wanted: Wanted, in state: State) -> Bool {
    if case .failed = state.phase { return true }
    switch wanted {
    case .header: return state.header != nil
    case .records:
      if case .answering = state.phase { return !state.records.isEmpty }
      return true
    case .end:
      if case .answering = state.phase { return false }
      return true
    }
  }
}
