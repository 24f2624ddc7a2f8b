import Synchronization

/// A token that is fetched when there is none that is good: by one task at a time, for all who wait.
final class RenewableToken: Sendable {
  private struct State {
    var current: AuthToken?
    /// When it ends, as a span since ``DriverClock/origin``.
    var end: Duration?
    /// The fetch under way.
    var fetch: (number: UInt64, task: Task<AuthToken, any Error>)?
    var fetches: UInt64 = 0
  }

  private let clock: DriverClock
  private let provider: @Sendable () async throws -> ExpiringAuthToken
  private let state = Lock(State())

  /// - Parameters:
  ///   - clock: By which tokens expire.
  ///   - provider: Fetches a token.
  init(clock: DriverClock, provider: @escaping @Sendable () async throws -> ExpiringAuthToken) {
    self.clock = clock
    self.provider = provider
  }

  /// The present token; a fresh one when there is none, or it has expired.
  func token() async throws -> AuthToken {
    let now = clock.time
    let known = state.withLock { state -> Result<AuthToken, any Error>? in
      guard let current = state.current, state.end.map({ now < $0 }) ?? true else { return nil }
      return .success(current)
    }
    if let known { return try known.get() }
    return try await fetched().valueUnlessCancelled()
  }

  /// Forgets the token, when it is still this one.
  func forget(_ token: AuthToken) {
    state.withLock { state in if state.current == token { state.current = nil } }
  }

  /// The fetch under way, or a new one. It belongs to nobody who waits: one who is cancelled does not spoil it for the
  /// others.
  private func fetched() -> Task<AuthToken, any Error> {
    state.withLock { state in
      if let fetch = state.fetch { return fetch.task }
      state.fetches += 1
      let number = state.fetches
      let task = Task.detached { [self] in
        do {
          let fresh = try await provider()
          let now = clock.time
          self.state.withLock { state in
            state.current = fresh.token
            state.end = fresh.lifetime.map { now + $0 }
            if state.fetch?.number == number { state.fetch = nil }
          }
          return fresh.token
        } catch {
          self.state.withLock { state in if state.fetch?.number == number { state.fetch = nil } }
          throw error
        }
      }
      state.fetch = (number, task)
      return task
    }
  }
}
