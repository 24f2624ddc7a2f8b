/// As whom a connection is logged in, and what has to be sent about it in front of the next request.
struct ConnectionLogin: Sendable {
  /// What a borrower finds.
  enum Match: Sendable, Hashable {
    /// It is logged in as wanted, or will be in front of the next request.
    case good
    /// It is logged in as somebody else, and its version knows no other way than a new connection.
    case mustReconnect
  }

  /// With what it is logged in, as soon as what is pending has been sent.
  private(set) var token: AuthToken
  /// Which generation of logins of the server it belongs to.
  private(set) var generation: UInt64
  private(set) var pendingLogin: [BoltRequest] = []
  private(set) var announcement: BoltRequest?

  init(token: AuthToken, generation: UInt64) {
    self.token = token
    self.generation = generation
  }

  /// Whether something has to be sent in front of the next request.
  var hasPending: Bool { announcement != nil || !pendingLogin.isEmpty }

  /// Makes sure that it is logged in with this token, and since this generation began.
  mutating func match(_ token: AuthToken, generation: UInt64, force: Bool = false, version: BoltVersion) -> Match {
    guard force || token != self.token || generation > self.generation else { return .good }
    guard version >= .v51 else { return .mustReconnect }
    self.token = token
    self.generation = max(generation, self.generation)
    pendingLogin = [.logoff, .logon(token.wireFields)]
    return .good
  }

  /// The server is to be told of a kind of call.
  mutating func announce(_ call: BoltRequest.TelemetryCall) { announcement = .telemetry(call) }

  /// The work that was announced is over.
  mutating func forgetAnnouncement() { announcement = nil }

  /// What has to be sent now; it is taken to be sent.
  mutating func takePending() -> [BoltRequest] {
    let pending = pendingLogin + (announcement.map { [$0] } ?? [])
    pendingLogin = []
    announcement = nil
    return pending
  }
}
