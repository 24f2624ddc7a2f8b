import Actors
import BoltDriver

/// What `graph query` returned.
struct QueryReport: JSONOutput {
  static let schema = "actorctl.graph.query/1"

  /// The names of the columns.
  let columns: [String]
  /// The records, each the values of its columns.
  let records: [[BoltValue]]
  /// Whether there were more records than were asked for.
  let hasMore: Bool
  /// What changed, by name; only what did.
  let changes: [(name: String, count: Int64)]

  init(columns: [String], records: [[BoltValue]], hasMore: Bool, counters: QueryCounters?) {
    self.columns = columns
    self.records = records
    self.hasMore = hasMore
    let all = counters.map { counters in
      [
        ("nodesCreated", counters.nodesCreated), ("nodesDeleted", counters.nodesDeleted),
        ("relationshipsCreated", counters.relationshipsCreated),
        ("relationshipsDeleted", counters.relationshipsDeleted), ("propertiesSet", counters.propertiesSet),
        ("labelsAdded", counters.labelsAdded), ("labelsRemoved", counters.labelsRemoved),
        ("indexesAdded", counters.indexesAdded), ("indexesRemoved", counters.indexesRemoved),
        ("constraintsAdded", counters.constraintsAdded), ("constraintsRemoved", counters.constraintsRemoved),
      ]
    }
    changes = (all ?? []).filter { $0.1 != 0 }.map { (name: $0.0, count: $0.1) }
  }

  /// For people.
  var table: Table {
    var table = Table(columns.map { .text(Printable.escape($0)) })
    for record in records { table.add(record.map(\.cell)) }
    return table
  }

  /// How many records, and what changed, in a line.
  var note: String {
    let count = Figures.plural(records.count, "record") + (hasMore ? ", and more: --limit shows them" : "")
    return ([count] + changes.map { "\($0.name) \(Figures.count($0.count))" }).joined(separator: ", ")
  }

  private enum CodingKeys: CodingKey { case columns, records, hasMore, changes }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(columns, forKey: .columns)
    try container.encode(records.map { $0.map(\.json) }, forKey: .records)
    try container.encode(hasMore, forKey: .hasMore)
    try container.encode(Dictionary(uniqueKeysWithValues: changes.map { ($0.name, $0.count) }), forKey: .changes)
  }
}
