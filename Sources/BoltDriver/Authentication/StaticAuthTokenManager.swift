/// One token for good.
public struct StaticAuthTokenManager: AuthTokenManager {
  private let only: AuthToken

  /// A manager that knows only this token.
  public init(_ token: AuthToken) { only = token }

  /// The one token.
  public func token() async throws -> AuthToken { only }

  /// Deals with nothing: there is no other token.
  public func handleSecurityError(_ error: BoltError, token: AuthToken) async throws -> Bool { false }
}
