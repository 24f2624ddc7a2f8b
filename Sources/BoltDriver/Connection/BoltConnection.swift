import NIOCore

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

  private let agreement: BoltChannelHandler.Agreement

  /// A connection that has been logged in.
  ///
  /// - Parameters:
  ///   - agreement: What the handshake came to.
  ///   - address: The server.
  ///   - hello: The metadata of HELLO's answer.
  init(_ agreement: BoltChannelHandler.Agreement, address: String, hello: [String: BoltValue]) {
    self.agreement = agreement
    let utcPatch = agreement.version < .v50 && hello["patch_bolt"] == .list(["utc"])
    encoder = RequestEncoder(version: agreement.version, utcPatch: utcPatch)
    hints = ConnectionHints(hello: hello)
    serverConnectionID = Self.label(hello["connection_id"])
    let agent = Self.label(hello["server"])
    server = ServerInfo(address: address, agent: agent, protocolVersion: agreement.version)
    applyHints()
  }

  // Nobody can use or close it any more: a driver was let go of without being closed.
  deinit { if agreement.status.isUsable { abort(saying: .goodbye) } }

  // MARK: - Requests

  /// Sends requests in one write. Their answers go to the sink.
  ///
  /// - Throws: ``BoltError`` (`unsendableValue`) when a parameter cannot be sent; nothing has been sent then.
  package func send(_ requests: [BoltRequest], to sink: any ResponseSink) throws {
    try Self.send(requests, to: sink, encoder: encoder, agreement)
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

  // MARK: - Pool

  package var isUsable: Bool { agreement.status.isUsable }

  package var needsReset: Bool { !agreement.status.isClean }

  package func reset(deadline: ContinuousClock.Instant) async throws {
    let late = BoltError(.serviceUnavailable, "RESET was not answered in time", address: address)
    try await withDeadline(deadline, late) {
      _ = try await self.request(.reset)
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
    var bytes: ByteBuffer?
    if let farewell {
      var buffer = ByteBuffer()
      bytes = (try? encoder.encode(farewell, into: &buffer)).map { buffer }
    }
    agreement.channel.eventLoop.execute { [agreement, bytes] in agreement.handler.value.close(saying: bytes) }
  }

  private func applyHints() {
    let (dialect, seconds) = (encoder.dialect, hints.receiveTimeoutSeconds)
    // The handler knows the version's own form of values already.
    guard seconds != nil || dialect != PackStreamDialect(version: agreement.version) else { return }
    agreement.channel.eventLoop.execute { [agreement] in
      agreement.handler.value.use(dialect)
      if let seconds { agreement.handler.value.expectSignOfLife(every: .seconds(seconds)) }
    }
  }

  /// Runs `body`; at the deadline the connection is closed with `error`, which ends whatever `body` waits for.
  private func withDeadline(
    _ deadline: ContinuousClock.Instant, _ error: BoltError, _ body: () async throws -> Void
  ) async throws {
    let timer = agreement.channel.eventLoop.scheduleTask(deadline: NIODeadline(deadline)) { [agreement] in
      agreement.handler.value.fail(error)
    }
    defer { timer.cancel() }
    try await body()
  }

  /// Sends requests on a connection that may not be logged in yet.
  static func send(
    _ requests: [BoltRequest], to sink: any ResponseSink, encoder: RequestEncoder,
    _ agreement: BoltChannelHandler.Agreement
  ) throws {
    var bytes = ByteBuffer()
    do {
      for request in requests { try encoder.encode(request, into: &bytes) }
    } catch {
      throw BoltError(.unsendableValue, "a request cannot be sent: \(error)")
    }
    let open = requests.map { BoltChannelHandler.Machine.Request($0, sink: sink) }
    agreement.status.willSend(open.count)
    agreement.channel.eventLoop.execute { [bytes] in agreement.handler.value.submit(open, bytes) }
  }
}
