/// Chooses the server that has the least to do; of several the next in turn.
package struct LoadBalancer: Sendable {
  private var turn = 0

  package init() {}

  /// Chooses one of the servers; nil when there is none.
  ///
  /// - Parameter load: How many connections to a server are in use.
  package mutating func choose(among servers: [ServerAddress], load: (ServerAddress) -> Int) -> ServerAddress? {
    guard !servers.isEmpty else { return nil }
    let first = turn % servers.count
    turn = (first + 1) % servers.count
    let inTurn = servers[first...] + servers[..<first]
    return inTurn.min { load($0) < load($1) }
  }
}
