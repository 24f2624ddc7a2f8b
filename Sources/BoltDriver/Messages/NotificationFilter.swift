/// Which notifications a server shall compute and send. Older servers (before Bolt 5.2) send what they like.
public struct NotificationFilter: Sendable, Hashable {
  /// How serious a notification must be: `OFF` for none, `WARNING`, or `INFORMATION`; nil for the server's default.
  public var minimumSeverity: String?
  /// The classes that are not wanted, such as `DEPRECATION`; nil for the server's default.
  public var disabledCategories: [String]?

  /// Makes a filter.
  public init(minimumSeverity: String? = nil, disabledCategories: [String]? = nil) {
    self.minimumSeverity = minimumSeverity
    self.disabledCategories = disabledCategories
  }

  /// The server's defaults.
  public static let `default` = NotificationFilter()

  /// The entries of HELLO, RUN or BEGIN. The second key was renamed in 5.6.
  package func wireFields(_ version: BoltVersion) -> [String: BoltValue] {
    guard version >= .v52 else { return [:] }
    var fields: [String: BoltValue] = [:]
    if let minimumSeverity { fields["notifications_minimum_severity"] = .string(minimumSeverity) }
    if let disabledCategories {
      let key = version >= .v56 ? "notifications_disabled_classifications" : "notifications_disabled_categories"
      fields[key] = .list(disabledCategories.map(BoltValue.string))
    }
    return fields
  }
}
