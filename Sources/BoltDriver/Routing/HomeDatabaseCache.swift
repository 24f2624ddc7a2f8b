/// Whose home database is which, as far as servers have told: a guess by which a server is chosen (Bolt 5.8). The server
/// knows better and says so, and routes on its own side when the guess was wrong.
package struct HomeDatabaseCache: Sendable {
  /// Whose home database it is.
  package enum Key: Sendable, Hashable {
    /// A user, by name.
    case user(String)
    /// Whoever has this token.
    case token(AuthToken)
    /// The driver's own user.
    case driver
  }

  private struct Entry {
    var database: String
    var usedAt: UInt64
  }

  private let limit: Int
  private var entries: [Key: Entry] = [:]
  private var uses: UInt64 = 0

  /// - Parameter limit: How many entries are kept; beyond it those go that have not been used for the longest time.
  package init(limit: Int = 1000) { self.limit = max(limit, 1) }

  /// Whose home database a piece of work is about.
  package static func key(_ request: ConnectionRequest) -> Key {
    if let user = request.impersonatedUser { return .user(user) }
    guard let token = request.auth else { return .driver }
    if token.scheme == "basic", let user = token.principal { return .user(user) }
    return .token(token)
  }

  /// The database, if a server has told it.
  package mutating func database(of key: Key) -> String? {
    guard let database = entries[key]?.database else { return nil }
    uses &+= 1
    entries[key]?.usedAt = uses
    return database
  }

  /// It turned out to be wrong.
  package mutating func forget(_ key: Key) { entries[key] = nil }

  /// A server told it.
  package mutating func remember(_ database: String, of key: Key) {
    uses &+= 1
    entries[key] = Entry(database: database, usedAt: uses)
    guard entries.count > limit else { return }
    // A tenth at once, so that not every new entry sorts all of them.
    let oldest = entries.sorted { $0.value.usedAt < $1.value.usedAt }.prefix(max(1, limit / 10))
    for (key, _) in oldest { entries[key] = nil }
  }
}
