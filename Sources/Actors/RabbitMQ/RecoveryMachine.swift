/// Decides when a connection is made, and made again: a value without sockets or clocks of its own.
///
/// While nothing listens at the broker's port the pauses grow, but the port is looked at twice a second, so that a broker
/// that comes back is used at once. Refusals (a wrong password, a missing vhost) get no such help: they only wait.
struct RecoveryMachine: ~Copyable {
  /// Where the connection stands.
  enum State: Equatable {
    case idle
    case connecting
    case open
    case waiting
    case stopped
  }

  /// What to do now.
  enum Action: Equatable {
    case nothing
    case connect
    /// See whether the port answers; report with ``portAnswered(_:now:)``.
    case probe
    /// Nothing before this time (monotonic nanoseconds).
    case sleep(until: UInt64)
  }

  /// A connection that lived so long was good: the next trouble starts with the shortest pause.
  static let goodAfter: UInt64 = 5_000_000_000
  static let probeInterval: UInt64 = 500_000_000

  private(set) var state = State.idle
  /// Why the last attempt or connection ended.
  private(set) var lastError: RabbitMQError?
  private var backoff: ReconnectBackoff
  private var openedAt: UInt64 = 0
  private var retryAt: UInt64 = 0
  private var nextProbe: UInt64 = 0

  init(backoff: ClosedRange<Duration>) { self.backoff = ReconnectBackoff(backoff) }

  /// How many attempts have failed since the last good connection.
  var attempts: Int { backoff.attempts }

  /// Somebody needs the connection.
  mutating func want() { if state == .idle { state = .waiting } }

  mutating func connected(now: UInt64) {
    guard state != .stopped else { return }
    state = .open
    openedAt = now
  }

  /// An attempt failed, or the open connection was lost.
  mutating func failed(_ error: RabbitMQError, now: UInt64, jitter: Double) {
    guard state != .stopped else { return }
    if state == .open, now &- openedAt >= Self.goodAfter { backoff.reset() }
    lastError = error
    state = .waiting
    retryAt = now &+ backoff.next(jitter: jitter)
    nextProbe = now &+ Self.probeInterval
  }

  mutating func stop() { state = .stopped }

  /// Everything declared and running again: the trouble is over.
  mutating func recovered() { lastError = nil }

  mutating func step(now: UInt64) -> Action {
    switch state {
    case .idle, .connecting, .open, .stopped: return .nothing
    case .waiting:
      if now >= retryAt {
        state = .connecting
        return .connect
      }
      guard lastError?.code == .unreachable else { return .sleep(until: retryAt) }
      if now >= nextProbe {
        nextProbe = now &+ Self.probeInterval
        return .probe
      }
      return .sleep(until: min(retryAt, nextProbe))
    }
  }

  /// The answer to a probe: an open port ends the wait.
  mutating func portAnswered(_ answered: Bool, now: UInt64) {
    if answered, state == .waiting { retryAt = now }
  }
}
