/// How driver and server agree on a version of the protocol. The handshake has four places, fewer than there are kinds
/// of servers.
public enum ProtocolNegotiation: Sendable, Hashable {
  /// The server lists what it speaks: Bolt 6.0, 5.0 to 5.8, 4.2 to 4.4 and 3.
  case manifest
  /// The driver lists what it speaks: Bolt 5.0 to 5.8, 4.1 to 4.4 and 3. For servers and proxies that stumble over the
  /// other way.
  case ranges
}
