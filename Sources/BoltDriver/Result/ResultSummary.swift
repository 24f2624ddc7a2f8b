/// What is known of a query after its last record.
public struct ResultSummary: Sendable {
  /// What was asked for, with the values of its parameters.
  public let query: Query
  /// Which kind of query it was.
  public let queryType: QueryType?
  /// What it changed.
  public let counters: QueryCounters
  /// What the server noticed.
  public let notifications: [QueryNotification]
  /// Whether the server said anything at all of what it noticed, be it that there was nothing.
  package let hasNotificationList: Bool
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

  /// - Throws: ``BoltError`` (`protocolViolation`) for a type of query that the protocol does not know.
  package init(
    query: Query, columns: [String], sawRecords: Bool?, header: [String: BoltValue], end: [String: BoltValue],
    server: ServerInfo
  ) throws(BoltError) {
    self.query = query
    self.server = server
    queryType = try Self.queryType(end["type"], server)
    counters = if case .map(let stats)? = end["stats"] { QueryCounters(wire: stats) } else { QueryCounters() }
    if case .list(let entries)? = end["statuses"] {
      statuses = entries.compactMap(GQLStatusObject.init(wire:))
      notifications = entries.compactMap(QueryNotification.init(status:))
      hasNotificationList = true
    } else {
      let given: [BoltValue]? = if case .list(let entries)? = end["notifications"] { entries } else { nil }
      hasNotificationList = given != nil
      notifications = (given ?? []).compactMap(QueryNotification.init(wire:))
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

  private static func queryType(_ value: BoltValue?, _ server: ServerInfo) throws(BoltError) -> QueryType? {
    guard case .string(let name)? = value else { return nil }
    guard let type = QueryType(rawValue: name) else {
      throw BoltError(
        .protocolViolation, "a type of query expected (r, w, rw, s), found '\(name.prefix(16))'",
        address: server.address)
    }
    return type
  }

  private static func milliseconds(_ value: BoltValue?) -> Duration? {
    if case .int(let number)? = value { .milliseconds(number) } else { nil }
  }
}
