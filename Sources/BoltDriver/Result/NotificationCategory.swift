/// What kind of notification it is; from Bolt 5.6 on called its classification.
public struct NotificationCategory: Sendable, Hashable, CustomStringConvertible {
  /// The name, in capitals.
  public let rawValue: String

  /// A hint that was given cannot be followed.
  public static let hint = NotificationCategory(rawValue: "HINT")
  /// The query names something that the database does not have.
  public static let unrecognized = NotificationCategory(rawValue: "UNRECOGNIZED")
  /// Something is not supported.
  public static let unsupported = NotificationCategory(rawValue: "UNSUPPORTED")
  /// The query may be slow.
  public static let performance = NotificationCategory(rawValue: "PERFORMANCE")
  /// It is about the servers of the cluster.
  public static let topology = NotificationCategory(rawValue: "TOPOLOGY")
  /// It is about security.
  public static let security = NotificationCategory(rawValue: "SECURITY")
  /// Something will go away.
  public static let deprecation = NotificationCategory(rawValue: "DEPRECATION")
  /// None of the others.
  public static let generic = NotificationCategory(rawValue: "GENERIC")
  /// It is about the schema.
  public static let schema = NotificationCategory(rawValue: "SCHEMA")
  /// The server said nothing, or a word that is newer than this driver.
  public static let unknown = NotificationCategory(rawValue: "UNKNOWN")

  private static let known: [NotificationCategory] = [
    .hint, .unrecognized, .unsupported, .performance, .topology, .security, .deprecation, .generic, .schema,
  ]

  private init(rawValue: String) { self.rawValue = rawValue }

  /// The category of a server's word.
  package init(raw: String?) { self = Self.known.first { $0.rawValue == raw } ?? .unknown }

  /// The name.
  public var description: String { rawValue }
}
