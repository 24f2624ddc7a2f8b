/// How serious a notification is.
public struct NotificationSeverity: Sendable, Hashable, CustomStringConvertible {
  /// The name, in capitals.
  public let rawValue: String

  /// Something is likely to be wrong with the query.
  public static let warning = NotificationSeverity(rawValue: "WARNING")
  /// Something that may be worth knowing.
  public static let information = NotificationSeverity(rawValue: "INFORMATION")
  /// The server said nothing, or a word that is newer than this driver.
  public static let unknown = NotificationSeverity(rawValue: "UNKNOWN")

  private init(rawValue: String) { self.rawValue = rawValue }

  /// The severity of a server's word.
  package init(raw: String?) {
    self = [.warning, .information].first { $0.rawValue == raw } ?? .unknown
  }

  /// The name.
  public var description: String { rawValue }
}
