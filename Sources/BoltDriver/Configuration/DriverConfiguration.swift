public import Metrics

/// Which graph database to use, as whom, and how patiently. The password never shows in its description.
public struct DriverConfiguration: Sendable {
  /// The server or the cluster.
  public var uri: BoltURI
  /// Who logs in.
  public var auth: AuthToken
  /// Who logs in when that changes while the driver lives; goes before ``auth``.
  public var authTokenManager: (any AuthTokenManager)?
  /// The database of sessions that name none; nil for the user's home database.
  public var database: String?

  /// How many connections one server may have at once, at least 1. One that is being closed does not count: for the
  /// moment of its goodbye there may be as many more.
  public var maximumPoolSize = 100
  /// How long getting a connection may take, everything included: waiting for a free one, connecting, TLS, login, and
  /// the check of one that was idle. With routing it counts for each server that is asked.
  public var acquisitionTimeout: Duration = .seconds(60)
  /// How long TCP, TLS, the handshake and the login of one connection may take.
  public var connectTimeout: Duration = .seconds(30)
  /// How long all of that but TCP may take, when it shall have a limit of its own beside ``connectTimeout``; nil for the
  /// one limit.
  public var loginTimeout: Duration?
  /// How long a router may take to answer with a routing table.
  public var routingTimeout: Duration = .seconds(30)
  /// A connection older than this is closed instead of being lent again; nil for no limit. Firewalls and load balancers
  /// that drop old connections silently ask for a value below theirs.
  public var maximumConnectionLifetime: Duration? = .seconds(3600)
  /// A connection that was idle for so long is checked with a round trip before it is lent; nil for never, zero for
  /// always.
  public var livenessCheckIdle: Duration?
  /// How long a managed transaction is tried again after its first failure; zero for a single attempt.
  public var maximumRetryTime: Duration = .seconds(30)
  /// Whether a managed transaction is also tried again when there is no connection, or it broke. Off where somebody
  /// else repeats the work, such as a worker its messages: then it does not wait while a server is down.
  public var repeatsWithoutConnection = true
  /// How much is sent before the server has answered what was sent before it.
  public var pipelining = Pipelining.full
  /// How many records are asked for at a time, at least 1; -1 for all at once.
  public var fetchSize = 1000
  /// What the server's logs show as the client, `Name/Version`.
  public var userAgent = DriverConfiguration.defaultUserAgent
  /// Which certificates are believed where the URI asks for checked ones.
  public var trust: TrustSettings = .system
  /// Whether TCP keep-alive is on.
  public var keepAlive = true
  /// Whether connections are encrypted, for the schemes that do not say it (`bolt`, `neo4j`); nil for what the scheme
  /// says. With ``trust`` it does what `+s` and `+ssc` do.
  public var encrypted: Bool?
  /// The certificate with which this program proves who it is; nil for none.
  public var clientCertificate: (any ClientCertificateProvider)?
  /// Which notifications servers shall send, unless a session says otherwise.
  public var notifications = NotificationFilter.default
  /// Whether servers that ask for it are told which kinds of calls the program makes; never what the calls say.
  public var telemetry = true
  /// Tells the addresses of the first routers to ask, in place of the URI's one. Asked with the URI's address each time
  /// that one has to be asked for a routing table (`neo4j://` only).
  public var resolver: AddressResolver?
  /// Looks a host's addresses up, in place of the system's resolver; each is tried in turn.
  public var domainNameResolver: DomainNameResolver?
  /// How the version of the protocol is agreed on.
  public var negotiation = ProtocolNegotiation.manifest
  /// Where the figures of queries and connections go (swift-metrics); nil for the backend of the process, as it is when
  /// the driver is made. Without one they cost nothing.
  public var metricsFactory: (any MetricsFactory)?
  /// Which spans are made of queries and transactions, and where they go (swift-distributed-tracing).
  public var tracing = TracingConfiguration()
  /// Where the time comes from.
  package var clock = DriverClock.continuous

  /// Tells other addresses for one.
  public typealias AddressResolver = @Sendable (ServerAddress) async throws -> [ServerAddress]
  /// Tells the addresses of a host, IPv4 or IPv6.
  public typealias DomainNameResolver = @Sendable (_ host: String) async throws -> [String]

  /// The user agent of a driver that was given none.
  public static let defaultUserAgent = "troupe-bolt/0.1.0"

  /// A configuration for a server.
  ///
  /// - Parameters:
  ///   - uri: The server or the cluster.
  ///   - auth: Who logs in.
  ///   - database: The database of sessions that name none; nil for the user's home database.
  public init(uri: BoltURI, auth: AuthToken = .unauthenticated, database: String? = nil) {
    self.uri = uri
    self.auth = auth
    self.database = database
  }

  /// A configuration for the server of a URI.
  ///
  /// - Throws: ``BoltError`` (`invalidConfiguration`) for a text that is no URI.
  public init(_ uri: String, auth: AuthToken = .unauthenticated, database: String? = nil) throws {
    self.init(uri: try BoltURI(uri), auth: auth, database: database)
  }

  /// Checks the settings against each other, before anything is opened.
  ///
  /// - Throws: ``BoltError`` (`invalidConfiguration`) naming the first setting that cannot be.
  package func validate() throws {
    func require(_ condition: Bool, _ what: String) throws {
      if !condition { throw BoltError(.invalidConfiguration, what) }
    }
    try require(uri.address.hasPossiblePort, "the port is \(uri.address.port), it must be 1 to 65535")
    try require(maximumPoolSize >= 1, "maximumPoolSize is \(maximumPoolSize), it must be at least 1")
    try require(acquisitionTimeout > .zero, "acquisitionTimeout is \(acquisitionTimeout), it must be above zero")
    try require(connectTimeout > .zero, "connectTimeout is \(connectTimeout), it must be above zero")
    try require(loginTimeout ?? .seconds(1) > .zero, "loginTimeout is not above zero")
    try require(routingTimeout > .zero, "routingTimeout is \(routingTimeout), it must be above zero")
    try require(maximumConnectionLifetime ?? .seconds(1) > .zero, "maximumConnectionLifetime is not above zero")
    try require(livenessCheckIdle ?? .zero >= .zero, "livenessCheckIdle must not be negative")
    try require(maximumRetryTime >= .zero, "maximumRetryTime must not be negative")
    try require(fetchSize == -1 || fetchSize >= 1, "fetchSize is \(fetchSize), it must be at least 1, or -1 for all")
    try require(!userAgent.isEmpty, "userAgent is empty")
    try require(
      encrypted == nil || uri.encryption == .none,
      "\(uri.scheme.rawValue):// says encryption and trust itself: leave `encrypted` unset, or use bolt:// or neo4j://")
    if case .files(let paths) = trust.kind {
      try require(!paths.isEmpty, "trust names no certificate file")
      try require(encryption == .verified, "trust is set, but \(uri.scheme.rawValue):// checks no certificate")
    }
    if trust.kind == .anyCertificate {
      try require(
        encryption == .anyCertificate,
        "trust takes any certificate, but \(uri.scheme.rawValue):// \(encryption == .none ? "has no" : "checks the") "
          + "encryption: use \(uri.isRouting ? "neo4j" : "bolt")+ssc://")
    }
    try require(
      clientCertificate == nil || encryption != .none,
      "a client certificate is set, but \(uri.scheme.rawValue):// has no encryption to show it in")
    try require(uri.isRouting || resolver == nil, "a resolver is for neo4j:// only: bolt:// asks one server")
    try require(
      uri.isRouting || uri.routingContext.isEmpty, "\(uri.scheme.rawValue):// has no routing context: drop the query")
  }

  /// Whether and how TLS is used, by the scheme and the settings together.
  package var encryption: BoltURI.Encryption {
    guard uri.encryption == .none, encrypted == true else { return uri.encryption }
    return trust.kind == .anyCertificate ? .anyCertificate : .verified
  }

  /// What routers are told: the URI's address as it was written, and the entries of its query.
  package var routingContext: [String: BoltValue] {
    var context = uri.routingContext.mapValues(BoltValue.string)
    context["address"] = .string(uri.address.description)
    return context
  }

  /// Who logs in, in either form.
  package var tokens: any AuthTokenManager { authTokenManager ?? StaticAuthTokenManager(auth) }

  /// The limits of one server's pool.
  package var poolLimits: PoolLimits {
    PoolLimits(
      maximumSize: maximumPoolSize, maximumLifetime: maximumConnectionLifetime, livenessCheckIdle: livenessCheckIdle,
      operationTimeout: acquisitionTimeout)
  }

  /// The rules for repeating managed transactions.
  package var retryPolicy: RetryPolicy {
    RetryPolicy(maximumRetryTime: maximumRetryTime, repeatsWithoutConnection: repeatsWithoutConnection)
  }
}
