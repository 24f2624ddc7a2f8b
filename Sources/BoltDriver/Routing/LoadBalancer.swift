/// Chooses the server that has the least to do; of several the next in turn.
package struct LoadBalancer: Sendable {
  /// Whose turn it is among those that read and among those that write. One for both would let a program that reads and
  /// writes by turns read from the same server always.
  private var turns: [AccessMode: Int] = [:]

  package init() {}

  /// Chooses one of the servers; nil when there is none.
  ///
  /// - Parameters:
  ///   - servers: Those that do such work.
  ///   - mode: What the work does.
  ///   - load: How many connections to a server are in use.
  package mutating func choose(
    among servers: [ServerAddress], for mode: AccessMode, load: (ServerAddress) -> Int
  ) -> ServerAddress? {
    guard !servers.isEmpty else { return nil }
    let first = turns[mode, default: 0] % servers.count
    turns[mode] = (first + 1) % servers.count
    let inTurn = servers[first...] + servers[..<first]
    return inTurn.min { load($0) < load($1) }
  }
}
