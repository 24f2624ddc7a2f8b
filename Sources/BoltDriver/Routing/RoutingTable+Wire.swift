extension RoutingTable {
  /// Reads the answer to ROUTE, or the record of the procedure that came before it.
  ///
  /// - Parameters:
  ///   - wire: `ttl`, `servers`, and from 4.4 on `db`.
  ///   - database: The database that was asked for.
  ///   - now: When it came.
  /// - Throws: ``BoltError`` (`protocolViolation`) when it makes no sense.
  package init(wire: [String: BoltValue], database: String?, now: Duration) throws {
    guard case .int(let seconds)? = wire["ttl"], seconds >= 0, case .list(let servers)? = wire["servers"] else {
      throw BoltError(.protocolViolation, "a routing table without its time to live or its servers")
    }
    var members: [String: [ServerAddress]] = [:]
    var known: [String: Set<ServerAddress>] = [:]
    for case .map(let server) in servers {
      guard case .string(let role)? = server["role"], case .list(let addresses)? = server["addresses"] else {
        throw BoltError(.protocolViolation, "a routing table with servers of no role or no address")
      }
      for address in addresses {
        guard case .string(let text) = address, let address = ServerAddress(text) else {
          throw BoltError(.protocolViolation, "a routing table with an address that is none")
        }
        guard known[role, default: []].insert(address).inserted else { continue }
        members[role, default: []].append(address)
      }
    }
    // What was asked for by name is looked for by that name: the router may know it by another, behind an alias.
    var name = database
    if name == nil, case .string(let told)? = wire["db"] { name = told }
    self.init(
      database: name,
      // A hundred years are as good as for ever, and keep the sum with a clock within its range.
      timeToLive: .seconds(min(seconds, 100 * 365 * 86_400)), routers: members["ROUTE"] ?? [],
      readers: members["READ"] ?? [], writers: members["WRITE"] ?? [], updatedAt: now)
  }
}
