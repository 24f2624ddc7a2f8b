import DequeModule

/// The protocol of one connection after its handshake: which requests are open, which answer belongs to which, and in
/// which state the server is. Pure: it returns what is to be done, and knows no socket, no clock and no thread.
///
/// `Sink` is whoever waits for the answers.
package struct ConnectionMachine<Sink: Sendable>: ~Copyable {
  /// A request that is about to be sent, or was sent and is not answered.
  package struct Request: Sendable {
    /// The message.
    package let kind: BoltRequest.Kind
    /// Who hears of its answer; nil when nobody does.
    package let sink: Sink?
    /// For PULL and DISCARD: whether it asks for all that is left, so that none can be left after it.
    package let asksForAll: Bool
    /// For PULL: how many records may come.
    package let mostRecords: Int64

    package init(_ kind: BoltRequest.Kind, sink: Sink?, asksForAll: Bool = false, mostRecords: Int64 = .max) {
      self.kind = kind
      self.sink = sink
      self.asksForAll = asksForAll
      self.mostRecords = mostRecords
    }

    package init(_ request: BoltRequest, sink: Sink?) {
      switch request {
      case .pull(let n, _), .discard(let n, _):
        self.init(request.kind, sink: sink, asksForAll: n < 0, mostRecords: n < 0 ? .max : n)
      default: self.init(request.kind, sink: sink)
      }
    }
  }

  /// What is to be done with an answer.
  package enum Action: Sendable {
    /// Tell the sink.
    case complete(Request, Result<[String: BoltValue], BoltError>)
    /// Tell the sink, then close the connection and tell all others.
    case completeAndClose(Request, BoltError)
    /// Close the connection and tell everybody who waits.
    case close(BoltError)
  }

  /// The version that the handshake agreed on.
  package var version = BoltVersion.v44
  private let address: String
  private var requests = Deque<Request>()
  private var failure: BoltError?
  /// How many records have come for the oldest open request.
  private var records: Int64 = 0
  /// The server's state after all requests that it has answered.
  package private(set) var state = ServerState(.negotiation)

  package init(address: String) { self.address = address }

  /// How many requests are not answered.
  package var openRequests: Int { requests.count }

  /// Whether the connection can be lent to somebody else as it is: nothing open, nothing unanswered.
  package var isClean: Bool { state.phase == .ready && requests.isEmpty }

  /// Takes requests that are about to be written in one go.
  ///
  /// - Throws: The error to report instead when they must not be written: the connection is closed, an earlier request
  ///   of the same work failed, or the order makes no sense.
  package mutating func send(_ new: [Request]) throws(BoltError) {
    var expected = try expectedState()
    for request in new {
      if expected.phase == .failed, request.kind != .reset, request.kind != .goodbye, let failure { throw failure }
      guard let next = expected.after(request.kind, hasMore: !request.asksForAll, version: version) else {
        throw refusal(request.kind, in: expected)
      }
      expected = next
    }
    for request in new where request.kind != .goodbye { requests.append(request) }
    if new.last?.kind == .goodbye { state = ServerState(.defunct) }
  }

  /// Who gets a record that came.
  ///
  /// - Throws: The error to close the connection with when nobody asked for one, or only for fewer: what no reader has
  ///   asked for would pile up.
  package mutating func recordSink() throws(BoltError) -> Sink? {
    guard let request = requests.first, request.kind == .pull else {
      throw violation("a record that nobody asked for")
    }
    guard records < request.mostRecords else { throw violation("more than the \(records) records asked for") }
    records += 1
    return request.sink
  }

  /// Takes an answer that is no record.
  package mutating func receive(_ response: BoltResponse) -> Action {
    guard let request = requests.popFirst() else { return closing(violation("an answer that nobody waits for")) }
    records = 0
    switch response {
    case .success(let metadata): return succeeded(request, metadata)
    case .failure(let failure): return failed(request, BoltError(failure, address: address))
    case .ignored: return ignored(request)
    case .record: return closing(violation("a record as the answer to \(request.kind)"), request)
    }
  }

  /// Ends the connection: every open request fails, in order. A COMMIT whose answer never came may have taken effect.
  package mutating func close(_ error: BoltError) -> [(request: Request, error: BoltError)] {
    let failed = state.phase == .failed ? failure : nil
    let reset = requests.firstIndex { $0.kind == .reset } ?? requests.endIndex
    state = ServerState(.defunct)
    if failure == nil { failure = error }
    defer { requests.removeAll() }
    return requests.enumerated().map { index, request in
      // A server that hangs up after a failure has said all there is to say about what came behind it.
      if let failed, index < reset { return (request, failed) }
      return (request, lost(request, error))
    }
  }

  // MARK: - Parts

  /// The server's state after all requests that are open, if they succeed.
  private func expectedState() throws(BoltError) -> ServerState {
    var expected = state
    if expected.phase == .failed {
      // Everything up to a RESET will be ignored.
      guard let reset = requests.lastIndex(where: { $0.kind == .reset }) else { return expected }
      expected = ServerState(.ready)
      for request in requests[(reset + 1)...] {
        expected = expected.after(request.kind, hasMore: !request.asksForAll, version: version) ?? expected
      }
      return expected
    }
    for request in requests {
      expected = expected.after(request.kind, hasMore: !request.asksForAll, version: version) ?? expected
    }
    return expected
  }

  private mutating func succeeded(_ request: Request, _ metadata: [String: BoltValue]) -> Action {
    let hasMore = metadata["has_more"] == .bool(true)
    guard let next = state.after(request.kind, hasMore: hasMore, version: version) else {
      return closing(violation("success of \(request.kind) in state \(state.phase)"), request)
    }
    state = next
    if request.kind == .reset { failure = nil }
    return .complete(request, .success(metadata))
  }

  private mutating func failed(_ request: Request, _ error: BoltError) -> Action {
    failure = error
    switch request.kind {
    case .hello, .logon, .logoff, .reset:
      state = ServerState(.defunct)
      return .completeAndClose(request, error)
    default:
      state = ServerState(.failed)
      return .complete(request, .failure(error))
    }
  }

  private mutating func ignored(_ request: Request) -> Action {
    switch request.kind {
    case .hello, .logon, .logoff:
      // Nobody knows any more who is logged in, so nobody may have the connection.
      return closing(failure ?? violation("\(request.kind) ignored"), request)
    default: break
    }
    if state.phase == .failed, let failure { return .complete(request, .failure(failure)) }
    guard requests.contains(where: { $0.kind == .reset }), request.kind != .reset else {
      return closing(violation("\(request.kind) ignored although nothing had failed"), request)
    }
    state = ServerState(.failed)
    let interrupted = BoltError(.closed, "\(request.kind) was interrupted by a reset", address: address)
    failure = interrupted
    return .complete(request, .failure(interrupted))
  }

  private mutating func closing(_ error: BoltError, _ request: Request? = nil) -> Action {
    failure = error
    state = ServerState(.defunct)
    return request.map { .completeAndClose($0, lost($0, error)) } ?? .close(error)
  }

  /// Why a request has no answer that counts. A COMMIT of that kind may have taken effect.
  private func lost(_ request: Request, _ error: BoltError) -> BoltError {
    guard request.kind == .commit else { return error }
    return BoltError(
      .incompleteCommit, "the connection was lost before COMMIT was answered: it may or may not have taken effect",
      address: address, underlying: error)
  }

  private func violation(_ what: String) -> BoltError {
    BoltError(.protocolViolation, "the server sent \(what)", address: address)
  }

  private func refusal(_ kind: BoltRequest.Kind, in state: ServerState) -> BoltError {
    if state.phase == .defunct, let failure { return failure }
    let what = state.phase == .defunct ? "the connection is closed" : "\(kind) is not allowed in state \(state.phase)"
    return BoltError(state.phase == .defunct ? .closed : .misuse, what, address: address)
  }
}
