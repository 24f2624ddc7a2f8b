/// One operator of a query's plan (`EXPLAIN`), with what it did when the query was profiled (`PROFILE`).
public struct QueryPlan: Sendable, Hashable {
  /// The operator's name.
  public let operatorType: String
  /// What else the server tells of it.
  public let arguments: [String: BoltValue]
  /// The names it binds.
  public let identifiers: [String]
  /// The operators it takes its rows from.
  public let children: [QueryPlan]
  /// How often the store was asked; nil when the query was not profiled.
  public let databaseHits: Int64?
  /// How many rows it produced; nil when the query was not profiled.
  public let rows: Int64?

  /// How often a page of the store was in memory; nil when the server did not say.
  public let pageCacheHits: Int64?
  /// How often a page had to be read; nil when the server did not say.
  public let pageCacheMisses: Int64?
  /// The share of pages that were in memory, 0 to 1; nil when the server did not say.
  public let pageCacheHitRatio: Double?
  /// How long the operator took, in nanoseconds; nil when the server did not say.
  public let time: Int64?

  /// Reads a plan or a profile. The depth is that of a value, so the recursion is bounded.
  package init?(wire value: BoltValue?) {
    guard case .map(let entries)? = value else { return nil }
    operatorType = if case .string(let name)? = entries["operatorType"] { name } else { "" }
    arguments = if case .map(let arguments)? = entries["args"] { arguments } else { [:] }
    var identifiers: [String] = []
    if case .list(let names)? = entries["identifiers"] {
      identifiers = names.compactMap { if case .string(let name) = $0 { name } else { nil } }
    }
    self.identifiers = identifiers
    var children: [QueryPlan] = []
    if case .list(let plans)? = entries["children"] { children = plans.compactMap { QueryPlan(wire: $0) } }
    self.children = children
    func count(_ key: String) -> Int64? { if case .int(let number)? = entries[key] { number } else { nil } }
    databaseHits = count("dbHits")
    rows = count("rows")
    pageCacheHits = count("pageCacheHits")
    pageCacheMisses = count("pageCacheMisses")
    pageCacheHitRatio = if case .float(let ratio)? = entries["pageCacheHitRatio"] { ratio } else { nil }
    time = count("time")
  }
}
