/// What the version of a connection, and what was granted on it, change in the form of values.
package struct PackStreamDialect: Sendable, Hashable {
  /// Nodes and relationships carry element ids (5.0).
  package let elementIDs: Bool
  /// Points in time are sent as UTC (5.0, or the patch of 4.4) rather than as what the clock shows.
  package let utcTimes: Bool
  /// There are vectors (6.0).
  package let vectors: Bool

  package init(version: BoltVersion, utcPatch: Bool = false) {
    elementIDs = version >= .v50
    utcTimes = version >= .v50 || utcPatch
    vectors = version >= .v60
  }

  /// How deeply lists, maps and structures may be nested. Reading, and freeing what was read, recurse: the limit keeps
  /// both within a small stack, whatever comes.
  package static let maximumDepth = 256
}
