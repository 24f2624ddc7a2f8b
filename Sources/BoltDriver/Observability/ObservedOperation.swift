internal import Synchronization
internal import Tracing

/// A query or a transaction that somebody watches: its span and its duration, which are the same. It ends once, whoever
/// says so first, and at the latest when it is let go of.
final class ObservedOperation: Sendable {
  /// What the driver does: the operation's name for OpenTelemetry. A Cypher query has no other, since one text may hold
  /// several operations.
  enum Name: String, Sendable, CaseIterable {
    case executeQuery, run, transaction, executeRead, executeWrite
  }

  private struct State {
    var database: String?
    var server: String?
    var isOver = false
    var hasScope = false
  }

  private let name: Name
  private let span: (any Span)?
  private let timers: OperationTimers?
  private let start: ContinuousClock.Instant
  private let state: Lock<State>

  init(_ name: Name, database: String?, text: String?, span: (any Span)?, timers: OperationTimers?) {
    self.name = name
    self.span = span
    self.timers = timers
    start = .now
    state = Lock(State(database: database))
    span?.updateAttributes { attributes in
      attributes.set(SemanticConventions.Attribute.system, value: .string(SemanticConventions.system))
      attributes.set(SemanticConventions.Attribute.operation, value: .string(name.rawValue))
      if let database { attributes.set(SemanticConventions.Attribute.namespace, value: .string(database)) }
      if let text { attributes.set(SemanticConventions.Attribute.queryText, value: .string(text)) }
    }
  }

  deinit { end() }

  /// The span's, for what belongs to the operation; nil when there is no span.
  var context: ServiceContext? { span?.context }

  /// Runs `body`, which is part of the operation.
  func scope<Result>(_ body: () async throws -> Result) async rethrows -> Result {
    guard let context else { return try await body() }
    state.withLock { $0.hasScope = true }
    return try await ServiceContext.withValue(context, operation: body)
  }

  /// To what its parts belong: to it, unless they are done in its scope, where the task knows better.
  var parentOfParts: ObservedOperation? {
    state.withLock { $0.hasScope } && ServiceContext.current != nil ? nil : self
  }

  /// A connection was borrowed for it: the last one counts.
  func uses(_ loan: ConnectionLoan) {
    let (server, database) = (loan.connection.server.address, loan.database)
    state.withLock { state in
      state.server = server
      if let database { state.database = database }
    }
  }

  /// The server says in the answer to RUN or BEGIN in which database it runs.
  func runs(by header: [String: BoltValue]) {
    if case .string(let database)? = header["db"] { state.withLock { $0.database = database } }
  }

  /// Which attempt of a managed transaction it is, from 1.
  func isAttempt(_ number: Int) {
    span?.updateAttributes { $0.set(SemanticConventions.Attribute.attempt, value: .int64(Int64(number))) }
  }

  /// It is done again after an error.
  func repeats(after error: any Error) {
    guard let span else { return }
    let type = SpanAttribute.string(OperationFailure(error).type)
    span.addEvent(
      SpanEvent(name: SemanticConventions.retryEvent, attributes: [SemanticConventions.Attribute.errorType: type]))
  }

  /// It is over.
  ///
  /// - Parameters:
  ///   - error: Why it failed; nil when it did not.
  ///   - outcome: How it ended, for a transaction.
  func end(_ error: (any Error)? = nil, outcome: TransactionOutcome? = nil) {
    let last = state.withLock { state -> State? in
      defer { state.isOver = true }
      return state.isOver ? nil : state
    }
    guard let last else { return }
    let failure = error.map(OperationFailure.init)
    timers?.record(name, database: last.database, server: last.server, failure, ContinuousClock.now - start)
    guard let span else { return }
    span.updateAttributes { attributes in
      if let database = last.database {
        attributes.set(SemanticConventions.Attribute.namespace, value: .string(database))
      }
      if let server = last.server {
        let (host, port) = OperationTimers.parts(ofAddress: server)
        attributes.set(SemanticConventions.Attribute.serverAddress, value: .string(host))
        if let port = Int64(port) { attributes.set(SemanticConventions.Attribute.serverPort, value: .int64(port)) }
      }
      if let outcome { attributes.set(SemanticConventions.Attribute.outcome, value: .string(outcome.rawValue)) }
      guard let failure else { return }
      attributes.set(SemanticConventions.Attribute.errorType, value: .string(failure.type))
      if let code = failure.statusCode {
        attributes.set(SemanticConventions.Attribute.statusCode, value: .string(code))
      }
    }
    // The name and nothing more: what servers say of an error quotes data.
    if let failure { span.setStatus(SpanStatus(code: .error, message: failure.type)) }
    span.end()
  }
}
