import BoltDriver

/// What `graph ping` found.
struct PingReport: JSONOutput {
  static let schema = "actorctl.graph.ping/1"

  /// Where the graph is.
  let url: String
  /// What the server calls itself.
  let server: String
  /// The protocol's version.
  let `protocol`: String
  /// The database that was asked; nil for the user's own.
  let database: String?
  /// How long connecting and logging in took.
  let connectMilliseconds: Double
  /// How long a query took after that.
  let queryMilliseconds: Double

  /// For people.
  var line: String {
    var parts = ["ok", Printable.escape(url), Printable.escape(server), "Bolt \(`protocol`)"]
    if let database { parts.append("database=\(Printable.escape(database))") }
    parts.append("connected in \(Figures.duration(.microseconds(Int64(connectMilliseconds * 1000))))")
    parts.append("RETURN 1 in \(Figures.duration(.microseconds(Int64(queryMilliseconds * 1000))))")
    return parts.joined(separator: "  ")
  }
}
