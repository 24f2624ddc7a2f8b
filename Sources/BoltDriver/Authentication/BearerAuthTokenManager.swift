/// A user of single sign-on: the token is fetched again when its time is over, and when the server says that it has
/// expired or refuses it.
public final class BearerAuthTokenManager: AuthTokenManager {
  private let renewable: RenewableToken

  /// A manager that asks for a token at the first use, and again when the last is no longer good.
  ///
  /// - Parameter provider: Fetches the token, always of the same user. Called by one task at a time.
  public convenience init(_ provider: @escaping @Sendable () async throws -> ExpiringAuthToken) {
    self.init(clock: .continuous, provider)
  }

  package init(clock: DriverClock, _ provider: @escaping @Sendable () async throws -> ExpiringAuthToken) {
    renewable = RenewableToken(clock: clock, provider: provider)
  }

  /// The present token, or a fresh one when it is no longer good.
  public func token() async throws -> AuthToken { try await renewable.token() }

  /// Deals with tokens that have expired or are refused.
  public func handleSecurityError(_ error: BoltError, token: AuthToken) async throws -> Bool {
    guard error.code == .tokenExpired || error.code == .unauthorized else { return false }
    renewable.forget(token)
    return true
  }
}
