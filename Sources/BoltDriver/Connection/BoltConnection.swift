import NIOCore
import Synchronization

/// One connection to a server, logged in. Used by one borrower at a time, from any thread: requests are encoded by
/// whoever asks for them, and only the bytes go to the event loop.
package final class BoltConnection: PoolableConnection {
  /// The server.
  package let server: ServerInfo
  /// What the server asks of its clients.
  package let hints: ConnectionHints
  /// What the server calls this connection in its logs; empty when it said nothing.
  package let serverConnectionID: String
  /// How requests are written.
  package let encoder: RequestEncoder

  private struct State {
    var login: ConnectionLogin
    /// The gate for the answers to the next request and those after it.
    var gate: ResponseGate?
    var isUnused = true
    /// Whether it was made for the present borrower, its first.
    var isFresh = false
  }

  private let agreement: BoltChannelHandler.Agreement
  private let state: Lock<State>

  /// A connection that has been logged in.
  ///
  /// - Parameters:
  ///   - agreement: What the handshake came to.
  ///   - address: The server.
  ///   - hello: The metadata of HELLO's answer.
  ///   - login: As whom it is logged in.
  init(
    _ agreement: BoltChannelHandler.Agreement, address: String, hello: [String: BoltValue], login: ConnectionLogin
  ) {
    self.agreement = agreement
    let utcPatch = agreement.version < .v50 && hello["patch_bolt"] == .list(["utc"])
    encoder = RequestEncoder(version: agreement.version, utcPatch: utcPatch)
    hints = ConnectionHints(hello: hello)
    serverConnectionID = Self.label(hello["connection_id"])
    let agent = Self.label(hello["server"])
    server = ServerInfo(address: address, agent: agent, protocolVersion: agreement.version)
    state = Lock(State(login: login))
    applyHints()
  }

  // Nobody can use or close it any more: a driver was let go of without being closed.
  deinit { if agreement.status.isUsable { abort(saying: .goodbye) } }

  // MARK: - Requests

  /// Sends requests in one write, behind what is still to be said about login and kind of call. Their answers go to the
  /// sink.
  ///
  /// - Throws: ``BoltError``: `unsendableValue` when a parameter cannot be sent, `unsupportedFeature` when the server's
  ///   version does not know something that is asked for; nothing has been sent then.
  package func send(_ requests: [BoltRequest], to sink: any ResponseSink) throws {
    for request in requests { try request.checkSupport(in: server.protocolVersion, address: address) }
    let bytes = try Self.encode(requests, encoder)
    let (pending, gate) = state.withLock { state in
      defer { state.gate = nil }
      return (state.login.hasPending ? state.login.takePending() : [], state.gate)
    }
    let open = requests.map { BoltChannelHandler.Machine.Request($0, sink: sink) }
    guard !pending.isEmpty else { return Self.submit(open, bytes, gate: gate, agreement) }
    var all = try Self.encode(pending, encoder)
    all.writeImmutableBuffer(bytes)
    Self.submit(
      pending.map { BoltChannelHandler.Machine.Request($0, sink: nil) } + open, all, gate: gate, agreement)
  }

  /// Sends requests in one write and waits for all their answers.
  ///
  /// - Throws: The error of the first that failed; `CancellationError` when the task is cancelled while it waits.
  package func request(_ requests: BoltRequest...) async throws -> [[String: BoltValue]] {
    let reply = ReplyCollector(count: requests.count)
    try send(requests, to: reply)
    return try await reply.answers()
  }

  /// Goes on reading from the server, after a sink was full.
  package func readOn() {
    agreement.channel.eventLoop.execute { [agreement] in agreement.handler.value.readOn() }
  }

  /// Runs `body`; at the deadline the connection is closed, which ends whatever `body` waits for.
  ///
  /// - Parameter what: The request, for the error.
  package func withDeadline<Result>(
    _ deadline: ContinuousClock.Instant, _ what: String, _ body: () async throws -> Result
  ) async throws -> Result {
    let error = BoltError(.serviceUnavailable, "\(what) was not answered in time", address: address)
    let timer = agreement.channel.eventLoop.scheduleTask(deadline: NIODeadline(deadline)) { [agreement] in
      agreement.handler.value.fail(error)
    }
    defer { timer.cancel() }
    return try await body()
  }

  // MARK: - Borrowers

  /// From the next request on answers pass this gate.
  package func pass(_ gate: ResponseGate) { state.withLock { $0.gate = gate } }

  /// Makes sure that the next request is one of this token's user, logged in since this generation began.
  ///
  /// - Returns: Whether that can be had on this connection.
  /// - Throws: ``BoltError`` (`unsendableValue`) when the token cannot be sent; the connection is logged in as before.
  func logIn(_ token: AuthToken, generation: UInt64, force: Bool = false) throws -> ConnectionLogin.Match {
    try state.withLock { state in
      // What has just been made has just been logged in.
      let isProven = state.isUnused && token == state.login.token
      state.isFresh = state.isUnused
      state.isUnused = false
      // What the last borrower announced and never did.
      state.login.forgetAnnouncement()
      var login = state.login
      let match = login.match(
        token, generation: generation, force: force && !isProven, version: server.protocolVersion)
      // What cannot be sent must not count as sent: the next one with this token would work as somebody else.
      if !login.pendingLogin.isEmpty { _ = try Self.encode(login.pendingLogin, encoder) }
      state.login = login
      return match
    }
  }

  /// Has an answer from the server, as the user that it is lent to.
  ///
  /// - Throws: Why there is none by the deadline; `CancellationError`.
  func prove(deadline: ContinuousClock.Instant) async throws {
    // What has just been logged in has just answered.
    guard !state.withLock({ $0.isFresh && !$0.login.hasPending }) else { return }
    try await withDeadline(deadline, "RESET") { _ = try await self.request(.reset) }
  }

  /// With what it is logged in, or will be in front of the next request.
  package var token: AuthToken { state.withLock { $0.login.token } }

  /// Sends what is still to be said about the login, and waits for the answer.
  ///
  /// - Throws: Why the server does not take it; `CancellationError`.
  func finishLogin() async throws {
    let pending = state.withLock { $0.login.takePending() }
    guard !pending.isEmpty else { return }
    let reply = ReplyCollector(count: pending.count)
    try send(pending, to: reply)
    _ = try await reply.answers()
  }

  /// Tells the server of a kind of call in front of the next request, if it wants to know.
  package func announce(_ call: BoltRequest.TelemetryCall) {
    guard hints.telemetry, server.protocolVersion >= .v54 else { return }
    state.withLock { $0.login.announce(call) }
  }

  /// It is not to be lent again.
  func retire() { agreement.status.condemn() }

  // MARK: - Pool

  package var isUsable: Bool { agreement.status.isUsable }

  package var needsReset: Bool { !agreement.status.isClean }

  package func reset(deadline: ContinuousClock.Instant) async throws {
    let reply = ReplyCollector(count: 1)
    // Nothing else goes in front of it: where the connection is stuck a login would be, too.
    let bytes = try Self.encode([.reset], encoder)
    try await withDeadline(deadline, "RESET") {
      // The pool draws its own conclusions: what fails here is this connection, not the server.
      Self.submit([BoltChannelHandler.Machine.Request(.reset, sink: reply)], bytes, gate: .open, agreement)
      _ = try await reply.answers()
    }
  }

  package func close(reason: ConnectionCloseReason) async { abort(saying: .goodbye) }

  /// Closes the connection at once: something about it is in doubt.
  package func abort() { abort(saying: nil) }

  // MARK: - Parts

  private var address: String { server.address }

  /// A name that the server gives something; kept as long as the connection, so it is not kept at any length.
  private static func label(_ value: BoltValue?) -> String {
    if case .string(let text)? = value { String(text.prefix(1000)) } else { "" }
  }

  private func abort(saying farewell: BoltRequest?) {
    agreement.status.condemn()
    let bytes = farewell.flatMap { try? Self.encode([$0], encoder) }
    agreement.channel.eventLoop.execute { [agreement, bytes] in agreement.handler.value.close(saying: bytes) }
  }

  private func applyHints() {
    let (dialect, seconds) = (encoder.dialect, hints.receiveTimeoutSeconds)
    // The handler knows the version's own form of values already.
    guard seconds != nil || dialect != PackStreamDialect(version: agreement.version) else { return }
    agreement.writer?.refuseRequests()
    agreement.channel.eventLoop.execute { [agreement] in
      agreement.handler.value.adopt(dialect, signsOfLifeEvery: seconds.map { .seconds($0) })
    }
  }

  /// Sends requests on a connection that is not logged in yet.
  static func send(
    _ requests: [BoltRequest], to sink: any ResponseSink, encoder: RequestEncoder,
    _ agreement: BoltChannelHandler.Agreement
  ) throws {
    let bytes = try encode(requests, encoder)
    submit(requests.map { BoltChannelHandler.Machine.Request($0, sink: sink) }, bytes, gate: nil, agreement)
  }

  private static func encode(_ requests: [BoltRequest], _ encoder: RequestEncoder) throws -> ByteBuffer {
    var bytes = ByteBuffer()
    do {
      for request in requests { try encoder.encode(request, into: &bytes) }
    } catch {
      throw BoltError(.unsendableValue, "a request cannot be sent: \(error)")
    }
    return bytes
  }

  private static func submit(
    _ requests: [BoltChannelHandler.Machine.Request], _ bytes: ByteBuffer, gate: ResponseGate?,
    _ agreement: BoltChannelHandler.Agreement
  ) {
    agreement.status.willSend(requests.count)
    switch agreement.writer?.write(requests, bytes, gate: gate) ?? .refused {
    case .written: return
    case .handedOver: agreement.channel.eventLoop.execute { agreement.handler.value.takeHandover() }
    case .refused:
      agreement.channel.eventLoop.execute { agreement.handler.value.submit(requests, bytes, gate: gate) }
    }
  }
}
