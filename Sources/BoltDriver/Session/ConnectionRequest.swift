/// What a piece of work wants a connection for.
package struct ConnectionRequest: Sendable {
  /// What the work does; in a cluster it decides which member is asked.
  package var accessMode: AccessMode
  /// The database; nil for the home database.
  package var database: String?
  /// Whether the home database has been asked for already, so that nil is the answer: the server knows which it is.
  package var isDatabaseSettled = false
  /// Whose rights the work has; nil for those of the user that logged in.
  package var impersonatedUser: String?
  /// Who logs in; nil for the driver's token.
  package var auth: AuthToken?
  /// Tells the bookmarks that a router must have seen. Asked once for each routing table that is fetched.
  package var bookmarks: @Sendable () async throws -> [String] = { [] }
  /// Hears of the bookmark of a commit, before whoever waits for the commit does. What it returns is done first, too.
  package var onBookmark: (@Sendable (String) -> (@Sendable () async throws -> Void)?)?
  /// Hears of the home database's name, when the server tells it.
  package var onDatabase: (@Sendable (String?) -> Void)?
  /// Hears that the server has taken note of the kind of call.
  package var onTelemetry: (@Sendable () -> Void)?

  package init(
    _ accessMode: AccessMode = .write, database: String? = nil, impersonatedUser: String? = nil, auth: AuthToken? = nil
  ) {
    self.accessMode = accessMode
    self.database = database
    self.impersonatedUser = impersonatedUser
    self.auth = auth
  }
}
