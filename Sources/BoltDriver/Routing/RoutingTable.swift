/// Which members of a cluster do what for one database, as a router told it.
package struct RoutingTable: Sendable, Hashable {
  /// The database; nil when the router did not say, which is what those before Bolt 4.4 do.
  package var database: String?
  /// For how long it may be used.
  package var timeToLive: Duration
  /// The members to ask for the next table.
  package private(set) var routers: [ServerAddress]
  /// The members to read from.
  package private(set) var readers: [ServerAddress]
  /// The members to write to.
  package private(set) var writers: [ServerAddress]
  /// When it came, as a span since ``DriverClock/origin``.
  package var updatedAt: Duration
  /// Whether it came without writers: the router may not have known better, so others are asked first next time.
  package let cameWithoutWriters: Bool

  package init(
    database: String?, timeToLive: Duration, routers: [ServerAddress], readers: [ServerAddress],
    writers: [ServerAddress], updatedAt: Duration
  ) {
    self.database = database
    self.timeToLive = timeToLive
    self.routers = routers
    self.readers = readers
    self.writers = writers
    self.updatedAt = updatedAt
    cameWithoutWriters = writers.isEmpty
  }

  /// How long after its end a table that nobody uses is kept.
  package static let purgeDelay: Duration = .seconds(30)

  /// All members that it names.
  package var servers: Set<ServerAddress> { Set(routers).union(readers).union(writers) }

  /// The members that do this kind of work.
  package func servers(for mode: AccessMode) -> [ServerAddress] { mode == .read ? readers : writers }

  /// Whether a connection for this kind of work can be chosen by it.
  package func isFresh(for mode: AccessMode, now: Duration) -> Bool {
    now < updatedAt + timeToLive && !routers.isEmpty && !servers(for: mode).isEmpty
  }

  /// Whether it has been out of use for so long that it need not be kept.
  package func isOutdated(now: Duration) -> Bool { now >= updatedAt + timeToLive + Self.purgeDelay }

  /// A member cannot be reached: it has no part any more.
  package mutating func remove(_ address: ServerAddress) {
    routers.removeAll { $0 == address }
    readers.removeAll { $0 == address }
    writers.removeAll { $0 == address }
  }

  /// A member takes no writes any more.
  package mutating func removeWriter(_ address: ServerAddress) { writers.removeAll { $0 == address } }
}
