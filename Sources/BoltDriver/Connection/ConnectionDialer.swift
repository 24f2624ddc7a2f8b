import NIOCore
import NIOPosix

/// Makes connections to one server.
struct ConnectionDialer: Sendable {
  private let group: any EventLoopGroup
  private let address: ServerAddress
  private let login: Login
  private let tls: TLSClient?
  private let connectTimeout: Duration
  private let keepAlive: Bool
  private let limits: ChunkDecoder.Limits

  /// - Parameters:
  ///   - group: The event loops.
  ///   - address: The server.
  ///   - login: With what to log in.
  ///   - tls: How to secure the connection; nil for plain text.
  ///   - connectTimeout: How long everything up to the login may take, and later how long the server may take nothing
  ///     of what is sent to it.
  ///   - keepAlive: Whether TCP probes an idle connection.
  ///   - limits: The bounds of what the server may send.
  init(
    group: any EventLoopGroup, address: ServerAddress, login: Login, tls: TLSClient?,
    connectTimeout: Duration = .seconds(30), keepAlive: Bool = true, limits: ChunkDecoder.Limits = ChunkDecoder.Limits()
  ) {
    self.group = group
    self.address = address
    self.login = login
    self.tls = tls
    self.connectTimeout = connectTimeout
    self.keepAlive = keepAlive
    self.limits = limits
  }

  /// Connects, secures, agrees on a version and logs in; all of it by the earlier of the deadline and the connect
  /// timeout.
  ///
  /// - Throws: ``BoltError``; `CancellationError` when the task is cancelled. Whatever had been opened is closed.
  func dial(deadline: ContinuousClock.Instant) async throws -> BoltConnection {
    try Task.checkCancellation()
    let end = NIODeadline(min(deadline, ContinuousClock.now + connectTimeout))
    let loop = group.next()
    let outcome = loop.makePromise(of: LoginReply.Outcome.self)
    let timeout = BoltError(
      .connectTimeout, "connecting and logging in took longer than allowed", address: address.description)
    // On the loop from the first step to the last: each one from elsewhere would wake it once more.
    loop.execute {
      let timer = loop.scheduleTask(deadline: end) { outcome.fail(timeout) }
      outcome.futureResult.whenComplete { _ in timer.cancel() }
      connect(on: loop, outcome, end: end)
    }
    return try await withTaskCancellationHandler {
      let (agreement, hello) = try await outcome.futureResult.get()
      return BoltConnection(agreement, address: address.description, hello: hello)
    } onCancel: {
      outcome.fail(CancellationError())
    }
  }

  /// Connects and logs in. All of it happens on the event loop: the task that waits is woken once, at the end.
  private func connect(on loop: any EventLoop, _ outcome: EventLoopPromise<LoginReply.Outcome>, end: NIODeadline) {
    let agreement = loop.makePromise(of: BoltChannelHandler.Agreement.self)
    agreement.futureResult.flatMap { [login] agreement in
      LoginReply.logIn(login, agreement)
    }.cascade(to: outcome)
    let bootstrap = ClientBootstrap(group: loop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.socketOption(.so_keepalive), value: keepAlive ? 1 : 0)
      .connectTimeout(max(end - .now(), .milliseconds(1)))
      .channelInitializer { [address, tls, limits, connectTimeout] channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(tls.makeHandler(host: address.host)) }
          try channel.pipeline.syncOperations.addHandler(
            BoltChannelHandler(
              address: address.description, limits: limits, writeTimeout: TimeAmount(connectTimeout),
              agreement: agreement))
        }
      }
    // An address needs no resolver, which is a thread of its own.
    let channel =
      if let literal = try? SocketAddress(ipAddress: address.host, port: address.port) {
        bootstrap.connect(to: literal)
      } else {
        bootstrap.connect(host: address.host, port: address.port)
      }
    channel.whenFailure { [address] in agreement.fail(ConnectFailure.error(for: $0, address: address.description)) }
    // Whoever gave up meanwhile must not leave a socket behind.
    channel.whenSuccess { channel in outcome.futureResult.whenFailure { _ in channel.close(promise: nil) } }
  }
}
