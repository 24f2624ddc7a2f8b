/// A version of the Bolt protocol.
public struct BoltVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The part before the dot.
  public let major: UInt8
  /// The part behind the dot.
  public let minor: UInt8

  /// Makes a version.
  public init(_ major: UInt8, _ minor: UInt8) {
    self.major = major
    self.minor = minor
  }

  /// Bolt 3: no choice of databases, all records at once.
  package static let v30 = BoltVersion(3, 0)
  /// Bolt 4.0: several databases, records in portions.
  package static let v40 = BoltVersion(4, 0)
  /// Bolt 4.1: the routing context is part of HELLO.
  package static let v41 = BoltVersion(4, 1)
  /// Bolt 4.3: ROUTE, hints.
  package static let v43 = BoltVersion(4, 3)
  /// Bolt 4.4: impersonation.
  package static let v44 = BoltVersion(4, 4)
  /// Bolt 5.0: element ids, times in UTC.
  package static let v50 = BoltVersion(5, 0)
  /// Bolt 5.1: LOGON and LOGOFF.
  package static let v51 = BoltVersion(5, 1)
  /// Bolt 5.2: filters of notifications.
  package static let v52 = BoltVersion(5, 2)
  /// Bolt 5.3: `bolt_agent`.
  package static let v53 = BoltVersion(5, 3)
  /// Bolt 5.4: TELEMETRY.
  package static let v54 = BoltVersion(5, 4)
  /// Bolt 5.6: GQL statuses in summaries.
  package static let v56 = BoltVersion(5, 6)
  /// Bolt 5.7: GQL errors, the handshake by manifest.
  package static let v57 = BoltVersion(5, 7)
  /// Bolt 5.8: the resolved database is told.
  package static let v58 = BoltVersion(5, 8)
  /// Bolt 6.0: vectors, unsupported types.
  package static let v60 = BoltVersion(6, 0)

  /// Every version that the driver speaks, the best first.
  package static let supported: [BoltVersion] =
    [
      .v60, .v58, .v57, .v56, BoltVersion(5, 5), .v54, .v53, .v52, .v51, .v50, .v44, .v43, BoltVersion(4, 2), .v41,
      .v30,
    ]

  /// Whether the left version is older.
  public static func < (left: BoltVersion, right: BoltVersion) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  /// Such as `5.4`.
  public var description: String { "\(major).\(minor)" }
}
