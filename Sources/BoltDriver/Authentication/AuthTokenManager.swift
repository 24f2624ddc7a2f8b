/// Decides with which token connections are logged in, for tokens that change while the driver lives: passwords that are
/// rotated, single sign-on tokens that expire.
///
/// The driver asks for the token each time it takes a connection, so an implementation must answer from memory and fetch
/// anew only what has changed. All tokens must be of one and the same user: the pool shares its connections among all
/// work of the driver. For several users use the sessions' own tokens.
///
/// ``BasicAuthTokenManager`` and ``BearerAuthTokenManager`` serve the usual cases.
public protocol AuthTokenManager: Sendable {
  /// The token to log in with now.
  ///
  /// - Throws: Anything; the call that needed the connection fails with it.
  func token() async throws -> AuthToken

  /// Hears of every error of the category `Security` that the server answered to a connection with this token.
  ///
  /// - Parameters:
  ///   - error: The server's error.
  ///   - token: The token the connection was logged in with; it may be an older one than the present.
  /// - Returns: Whether the manager has dealt with it, so that the same work may succeed with the next token: the error
  ///   then counts as retryable.
  /// - Throws: Anything; the call that met the error fails with it instead.
  func handleSecurityError(_ error: BoltError, token: AuthToken) async throws -> Bool
}
