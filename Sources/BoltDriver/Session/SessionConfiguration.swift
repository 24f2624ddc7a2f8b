/// How a session works.
public struct SessionConfiguration: Sendable {
  /// The database; nil for the driver's, or else the user's home database. Naming it saves the server a look-up.
  public var database: String?
  /// What auto-commit queries and explicit transactions may do. Managed transactions say it by their name.
  public var accessMode: AccessMode
  /// The transactions of other sessions that must be visible in this one.
  public var bookmarks: [String]
  /// How many records are asked for at a time; -1 for all, nil for the driver's setting.
  public var fetchSize: Int?
  /// Whose rights the session has; nil for those of the user that logged in.
  public var impersonatedUser: String?
  /// Which notifications are wanted.
  public var notifications: NotificationFilter
  /// Who logs in for this session; nil for the driver's token. Needs Bolt 5.1.
  public var auth: AuthToken?
  /// Keeps this session's bookmarks together with those of others; nil to keep them to itself.
  public var bookmarkManager: (any BookmarkManager)?

  /// Makes settings.
  public init(
    database: String? = nil, accessMode: AccessMode = .write, bookmarks: [String] = [], fetchSize: Int? = nil,
    impersonatedUser: String? = nil, notifications: NotificationFilter = .default,
    auth: AuthToken? = nil, bookmarkManager: (any BookmarkManager)? = nil
  ) {
    self.database = database
    self.accessMode = accessMode
    self.bookmarks = bookmarks
    self.fetchSize = fetchSize
    self.impersonatedUser = impersonatedUser
    self.notifications = notifications
    self.auth = auth
    self.bookmarkManager = bookmarkManager
  }
}
