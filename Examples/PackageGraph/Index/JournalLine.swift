/// What a worker did for one message: one line of its journal.
package struct JournalLine: Codable, Equatable, Sendable {
  /// The id of the message.
  package var id: String
  /// Whether the broker had delivered the message before.
  package var redelivered: Bool
  /// How many nodes and relations the message is about.
  package var rows: Int
  /// How many of them were not there before.
  package var made: Int
  /// How many connections to the graph the process has opened so far.
  package var connections: UInt64
  /// How many transactions the process has run again so far, because of a conflict with another one.
  package var conflicts: UInt64

  package init(id: String, redelivered: Bool, rows: Int, made: Int, connections: UInt64, conflicts: UInt64) {
    self.id = id
    self.redelivered = redelivered
    self.rows = rows
    self.made = made
    self.connections = connections
    self.conflicts = conflicts
  }
}
