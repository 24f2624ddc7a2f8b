/// A user whose password is rotated: the token is fetched again when the server refuses the present one.
public final class BasicAuthTokenManager: AuthTokenManager {
  private let renewable: RenewableToken

  /// A manager that asks for a token at the first use, and again when the server has refused the last.
  ///
  /// - Parameter provider: Fetches the token, always of the same user. Called by one task at a time.
  public convenience init(_ provider: @escaping @Sendable () async throws -> AuthToken) {
    self.init(clock: .continuous, provider)
  }

  package init(clock: DriverClock, _ provider: @escaping @Sendable () async throws -> AuthToken) {
    renewable = RenewableToken(clock: clock) { ExpiringAuthToken(try await provider()) }
  }

  /// The present token, or a fresh one when it is no longer good.
  public func token() async throws -> AuthToken { try await renewable.token() }

  /// Deals with a refused password; nothing else is about the token.
  public func handleSecurityError(_ error: BoltError, token: AuthToken) async throws -> Bool {
    guard error.code == .unauthorized else { return false }
    renewable.forget(token)
    return true
  }
}
