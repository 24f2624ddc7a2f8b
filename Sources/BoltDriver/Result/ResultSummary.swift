/// What is known of a query after its last record.
public struct ResultSummary: Sendable {
  /// The query's text; its parameters are not kept.
  public let query: String
  /// Which kind of query it was.
  public let queryType: QueryType?
  /// What it changed.
  public let counters: QueryCounters
  /// What the server noticed.
  public let notifications: [QueryNotification]
  /// The GQL statuses; made up by the driver for servers before Bolt 5.6.
  public let statuses: [GQLStatusObject]
  /// The plan, for `EXPLAIN`.
  public let plan: QueryPlan?
  /// The plan with figures, for `PROFILE`.
  public let profile: QueryPlan?
  /// The database that ran it; nil when the server did not say.
  public let database: String?
  /// How long the server took until records were available, to the millisecond; nil when it did not say.
  public let availableAfter: Duration?
  /// How long the server took until the last record, to the millisecond; nil when it did not say.
  public let consumedAfter: Duration?
  /// The server that ran it.
  public let server: ServerInfo

  /// Kinds of queries.
  public enum QueryType: String, Sendable, Hashable {
    /// It only reads.
    case read = "r"
    /// It only writes.
    case write = "w"
    /// It reads and writes.
    case readWrite = "rw"
    /// It changes the schema.
    case schema = "s"
  }

  package init(
    query: String, columns: [String], sawRecords: Bool?, header: [String: BoltValue], end: [String: BoltValue],
    server: ServerInfo
  ) {
    self.query = query
    self.server = server
    queryType = if case .string(let type)? = end["type"] { QueryType(rawValue: type) } else { nil }
    counters = if case .map(let stats)? = end["stats"] { QueryCounters(wire: stats) } else { QueryCounters() }
    if case .list(let entries)? = end["statuses"] {
      statuses = entries.compactMap(GQLStatusObject.init(wire:))
      notifications = entries.compactMap(QueryNotification.init(status:))
    } else {
      let given = if case .list(let entries)? = end["notifications"] { entries } else { [BoltValue]() }
      notifications = given.compactMap(QueryNotification.init(wire:))
      statuses = GQLStatusObject.filledIn(
        hasColumns: !columns.isEmpty, sawRecords: sawRecords, notifications: notifications)
    }
    profile = QueryPlan(wire: end["profile"])
    plan = QueryPlan(wire: end["plan"]) ?? profile
    let named = [end["db"], header["db"]].compactMap { value in
      if case .string(let name)? = value { name } else { nil }
    }
    database = named.first
    availableAfter = Self.milliseconds(header["t_first"])
    consumedAfter = Self.milliseconds(end["t_last"])
  }

  private static func milliseconds(_ value: BoltValue?) -> Duration? {
    if case .int(let number)? = value { .milliseconds(number) } else { nil }
  }
}
