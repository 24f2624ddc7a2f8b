/// How ``Driver/executeQuery(_:_:)`` runs a query.
public struct ExecuteQueryConfiguration: Sendable {
  /// Which bookmarks a query has to see, and where its own goes.
  public struct Bookmarks: Sendable {
    package enum Kind: Sendable {
      case driver
      case none
      case manager(any BookmarkManager)
    }

    package let kind: Kind

    /// Those of all earlier calls on the driver: ``Driver/executeQueryBookmarkManager``.
    public static let driver = Bookmarks(kind: .driver)
    /// None: the query may run before the server has seen what earlier ones did.
    public static let none = Bookmarks(kind: .none)
    /// Those of a manager.
    public static func manager(_ manager: any BookmarkManager) -> Bookmarks { Bookmarks(kind: .manager(manager)) }
  }

  /// Whether the query may write; in a cluster it decides which member is asked (the official drivers' `routing`).
  public var accessMode: AccessMode
  /// The database; nil for the driver's, or else the user's home database.
  public var database: String?
  /// Whose rights the query has; nil for those of the user that logged in.
  public var impersonatedUser: String?
  /// Who logs in for this query; nil for the driver's token. Needs Bolt 5.1.
  public var auth: AuthToken?
  /// Which bookmarks the query has to see.
  public var bookmarks: Bookmarks
  /// Time limit and metadata of each attempt.
  public var transaction: TransactionConfiguration

  /// Makes settings.
  public init(
    accessMode: AccessMode = .write, database: String? = nil, impersonatedUser: String? = nil, auth: AuthToken? = nil,
    bookmarks: Bookmarks = .driver, transaction: TransactionConfiguration = .default
  ) {
    self.accessMode = accessMode
    self.database = database
    self.impersonatedUser = impersonatedUser
    self.auth = auth
    self.bookmarks = bookmarks
    self.transaction = transaction
  }
}
