import Actors

/// What `queues ls` shows.
struct QueueListing: JSONOutput {
  /// One queue; its counts are nil when it is not declared.
  struct Row: Sendable {
    let name: String
    let counts: QueueCounts?
  }

  static let schema = "actorctl.queues/1"
  let rows: [Row]

  /// For people.
  var table: Table {
    var table = Table([
      .text("QUEUE"), .number("READY"), .number("CONSUMERS"), .number("DELAYED"), .number("DEAD"),
    ])
    for row in rows {
      let numbers = row.counts.map { [$0.ready, $0.consumers, $0.delayed, $0.dead] }
      table.add([row.name] + (numbers?.map { Figures.count($0) } ?? Array(repeating: "–", count: 4)))
    }
    return table
  }

  private enum CodingKeys: CodingKey { case queues }

  private struct Entry: Encodable {
    let name: String
    let isDeclared: Bool
    let ready: Int?
    let consumers: Int?
    let delayed: Int?
    let dead: Int?
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(
      rows.map { row in
        Entry(
          name: row.name, isDeclared: row.counts != nil, ready: row.counts?.ready, consumers: row.counts?.consumers,
          delayed: row.counts?.delayed, dead: row.counts?.dead)
      }, forKey: .queues)
  }
}
