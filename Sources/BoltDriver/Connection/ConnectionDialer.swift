import NIOCore
import NIOPosix

/// Makes connections to one server.
struct ConnectionDialer: Sendable {
  private let group: any EventLoopGroup
  private let address: ServerAddress
  private let login: Login
  private let tls: TLSClient?
  private let connectTimeout: Duration
  private let loginTimeout: Duration?
  private let keepAlive: Bool
  private let resolve: DriverConfiguration.DomainNameResolver?
  private let negotiation: ProtocolNegotiation
  private let limits: ChunkDecoder.Limits
  private let traffic = ServerTraffic()
  private let agreed = AgreedVersion()

  /// What was agreed on with the server last, also where the login came to nothing; nil before.
  var lastVersion: BoltVersion? { agreed.last }

  /// - Parameters:
  ///   - group: The event loops.
  ///   - address: The server.
  ///   - login: With what to introduce itself.
  ///   - tls: How to secure the connection; nil for plain text.
  ///   - connectTimeout: How long everything up to the login may take, and later how long the server may take nothing
  ///     of what is sent to it.
  ///   - loginTimeout: How long TLS, handshake and login may take, when they have a limit of their own.
  ///   - keepAlive: Whether TCP probes an idle connection.
  ///   - resolve: Looks the host's addresses up; nil for the system's resolver.
  ///   - negotiation: How the version is agreed on.
  ///   - limits: The bounds of what the server may send.
  init(
    group: any EventLoopGroup, address: ServerAddress, login: Login, tls: TLSClient?,
    connectTimeout: Duration = .seconds(30), loginTimeout: Duration? = nil, keepAlive: Bool = true,
    resolve: DriverConfiguration.DomainNameResolver? = nil, negotiation: ProtocolNegotiation = .manifest,
    limits: ChunkDecoder.Limits = ChunkDecoder.Limits()
  ) {
    self.group = group
    self.address = address
    self.login = login
    self.tls = tls
    self.connectTimeout = connectTimeout
    self.loginTimeout = loginTimeout
    self.keepAlive = keepAlive
    self.resolve = resolve
    self.negotiation = negotiation
    self.limits = limits
  }

  /// Connects, secures, agrees on a version and logs in; for each of the host's addresses by the earlier of the deadline
  /// and the connect timeout.
  ///
  /// - Parameters:
  ///   - token: Who logs in.
  ///   - generation: The generation of logins that this one belongs to.
  ///   - deadline: When to give up.
  /// - Throws: ``BoltError``; `CancellationError` when the task is cancelled; what the program's own resolver or provider
  ///   of certificates throws. Whatever had been opened is closed.
  func dial(token: AuthToken, generation: UInt64 = 0, deadline: ContinuousClock.Instant) async throws -> BoltConnection
  {
    var login = login
    login.auth = token
    let tls = try await tls?.handlerFactory()
    var hosts = try await resolve?(address.host) ?? [address.host]
    while true {
      guard !hosts.isEmpty else {
        throw BoltError(.serviceUnavailable, "the server's name has no address", address: address.description)
      }
      let host = hosts.removeFirst()
      do {
        let (agreement, hello) = try await dial(host, login, tls, deadline: deadline)
        return BoltConnection(
          agreement, address: address.description, hello: hello,
          login: ConnectionLogin(token: token, generation: generation))
      } catch let error as BoltError where error.isAboutReachability && !hosts.isEmpty && .now < deadline {
        continue
      }
    }
  }

  private func dial(
    _ host: String, _ login: Login, _ tls: TLSClient.HandlerFactory?, deadline: ContinuousClock.Instant
  ) async throws -> LoginReply.Outcome {
    try Task.checkCancellation()
    // Of a resolver's address nobody has looked at the port; a socket's address made of such a one traps.
    guard address.hasPossiblePort else {
      throw BoltError(.invalidConfiguration, "the port of \(address) is none, it must be 1 to 65535")
    }
    let connected = min(deadline, ContinuousClock.now + connectTimeout)
    let end = NIODeadline(loginTimeout.map { min(deadline, connected + $0) } ?? connected)
    let loop = group.next()
    let outcome = loop.makePromise(of: LoginReply.Outcome.self)
    let timeout = BoltError(
      .connectTimeout, "connecting and logging in took longer than allowed", address: address.description)
    // On the loop from the first step to the last: each one from elsewhere would wake it once more.
    loop.execute {
      let timer = loop.scheduleTask(deadline: end) { outcome.fail(timeout) }
      outcome.futureResult.whenComplete { _ in timer.cancel() }
      connect(to: host, on: loop, login, tls, outcome, end: NIODeadline(connected))
    }
    return try await withTaskCancellationHandler {
      try await outcome.futureResult.get()
    } onCancel: {
      outcome.fail(CancellationError())
    }
  }

  /// Connects and logs in. All of it happens on the event loop: the task that waits is woken once, at the end.
  private func connect(
    to host: String, on loop: any EventLoop, _ login: Login, _ tls: TLSClient.HandlerFactory?,
    _ outcome: EventLoopPromise<LoginReply.Outcome>, end: NIODeadline
  ) {
    let agreement = loop.makePromise(of: BoltChannelHandler.Agreement.self)
    agreement.futureResult.flatMap { [address, agreed] agreement in
      agreed.note(agreement.version)
      return LoginReply.logIn(login, agreement, address: address.description)
    }.cascade(to: outcome)
    let bootstrap = ClientBootstrap(group: loop)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.socketOption(.so_keepalive), value: keepAlive ? 1 : 0)
      .connectTimeout(max(end - .now(), .milliseconds(1)))
      .channelInitializer { [address, limits, connectTimeout, negotiation, traffic] channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(tls(address.hostWithoutZone)) }
          try channel.pipeline.syncOperations.addHandler(
            BoltChannelHandler(
              address: address.description, negotiation: negotiation, limits: limits,
              writeTimeout: TimeAmount(connectTimeout), writesDirectly: tls == nil, traffic: traffic,
              agreement: agreement))
        }
      }
    // An address needs no resolver, which is a thread of its own.
    let channel =
      if let literal = try? SocketAddress(ipAddress: host, port: address.port) {
        bootstrap.connect(to: literal)
      } else {
        bootstrap.connect(host: host, port: address.port)
      }
    channel.whenFailure { [address] in agreement.fail(ConnectFailure.error(for: $0, address: address.description)) }
    // Whoever gave up meanwhile must not leave a socket behind.
    channel.whenSuccess { channel in outcome.futureResult.whenFailure { _ in channel.close(promise: nil) } }
  }
}

extension BoltError {
  /// Whether the server could not be reached or was lost, so that another may be asked.
  package var isAboutReachability: Bool {
    switch code {
    case .serviceUnavailable, .sessionExpired, .connectTimeout, .tlsFailure: true
    default: false
    }
  }
}
