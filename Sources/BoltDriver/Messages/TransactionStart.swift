/// What BEGIN, and a RUN outside a transaction, tell the server besides the query.
package struct TransactionStart: Sendable, Hashable {
  /// The database; nil for the home database.
  package var database: String?
  /// Whether it may write.
  package var accessMode: AccessMode
  /// The transactions that must be visible in it.
  package var bookmarks: [String]
  /// Whose rights it has; nil for those of the user that logged in.
  package var impersonatedUser: String?
  /// Time limit and metadata.
  package var configuration: TransactionConfiguration
  /// Which notifications are wanted.
  package var notifications: NotificationFilter

  package init(
    database: String? = nil, accessMode: AccessMode = .write, bookmarks: [String] = [], impersonatedUser: String? = nil,
    configuration: TransactionConfiguration = .default, notifications: NotificationFilter = .default
  ) {
    self.database = database
    self.accessMode = accessMode
    self.bookmarks = bookmarks
    self.impersonatedUser = impersonatedUser
    self.configuration = configuration
    self.notifications = notifications
  }

  /// The `extra` map of the message. Empty entries are left out: every one of them has a default.
  package func wireFields(_ version: BoltVersion) -> [String: BoltValue] {
    var fields = notifications.wireFields(version)
    if let database, !database.isEmpty { fields["db"] = .string(database) }
    if accessMode == .read { fields["mode"] = "r" }
    if !bookmarks.isEmpty { fields["bookmarks"] = .list(bookmarks.map(BoltValue.string)) }
    if let impersonatedUser { fields["imp_user"] = .string(impersonatedUser) }
    if let timeout = configuration.timeoutMilliseconds { fields["tx_timeout"] = .int(timeout) }
    if !configuration.metadata.isEmpty { fields["tx_metadata"] = .map(configuration.metadata) }
    return fields
  }
}
