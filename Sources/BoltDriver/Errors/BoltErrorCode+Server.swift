extension BoltError.Code {
  /// The server is of a product that the driver is not made for.
  public static let unsupportedServer = Self("UnsupportedServer")
  /// A function that the program gave to the driver threw; what it threw is ``BoltError/underlying``.
  public static let callbackFailed = Self("CallbackFailed")
  /// User, password or token is wrong.
  public static let unauthorized = Self("Neo.ClientError.Security.Unauthorized")
  /// Too many logins with a wrong password: the server refuses even the right one for a while. Never retried by the
  /// driver.
  public static let authenticationRateLimit = Self("Neo.ClientError.Security.AuthenticationRateLimit")
  /// The token of single sign-on has expired.
  public static let tokenExpired = Self("Neo.ClientError.Security.TokenExpired")
  /// What the server knew of the user's rights has expired; logging in again helps.
  public static let authorizationExpired = Self("Neo.ClientError.Security.AuthorizationExpired")
  /// The user must choose a new password first.
  public static let credentialsExpired = Self("Neo.ClientError.Security.CredentialsExpired")
  /// The user may not do that.
  public static let forbidden = Self("Neo.ClientError.Security.Forbidden")
  /// The server no longer takes writes for this database.
  public static let notALeader = Self("Neo.ClientError.Cluster.NotALeader")
  /// The server takes no writes for this database.
  public static let forbiddenOnReadOnlyDatabase = Self("Neo.ClientError.General.ForbiddenOnReadOnlyDatabase")
  /// The database is not available on this server at the moment.
  public static let databaseUnavailable = Self("Neo.TransientError.General.DatabaseUnavailable")

  /// There is no such database, or the server has not heard of it yet.
  static let databaseNotFound = Self("Neo.ClientError.Database.DatabaseNotFound")

  /// Whether the server refused something because of who asks.
  package var isSecurity: Bool { rawValue.hasPrefix("Neo.ClientError.Security.") }

  /// Whether asking another router for the table is of no use, since this one's answer is about the question.
  package var isFatalDuringDiscovery: Bool {
    isSecurity && self != .authorizationExpired || Self.fatalDuringDiscovery.contains(rawValue)
  }

  private static let fatalDuringDiscovery: Set<String> = [
    databaseNotFound.rawValue, "Neo.ClientError.Transaction.InvalidBookmark",
    "Neo.ClientError.Transaction.InvalidBookmarkMixture", "Neo.ClientError.Statement.TypeError",
    "Neo.ClientError.Statement.ArgumentError", "Neo.ClientError.Request.Invalid",
  ]
}
