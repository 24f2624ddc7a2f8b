/// A token with the time for which it is good.
public struct ExpiringAuthToken: Sendable, Equatable {
  /// The token.
  public var token: AuthToken
  /// For how long it is good, from the moment it is handed over; nil for as long as the server takes it.
  public var lifetime: Duration?

  /// A token that is good for a time.
  ///
  /// - Parameters:
  ///   - token: The token.
  ///   - lifetime: For how long it is good; nil for as long as the server takes it. Name somewhat less than the truth: a
  ///     token is used until the end of this time.
  public init(_ token: AuthToken, lifetime: Duration? = nil) {
    self.token = token
    self.lifetime = lifetime
  }
}
