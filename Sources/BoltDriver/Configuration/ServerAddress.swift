/// Where one server listens: a host and a port, as the user wrote them, before any name is resolved.
public struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
  /// The port of Bolt when none is named.
  public static let defaultPort = 7687

  /// A host name or an address; of an IPv6 address without the brackets, its zone behind a plain `%`
  /// (`fe80::1%eth0`).
  public var host: String
  /// The TCP port, 1 to 65535.
  public var port: Int

  /// An address.
  ///
  /// - Parameters:
  ///   - host: A host name or an address, IPv6 without brackets.
  ///   - port: The TCP port.
  public init(host: String, port: Int = ServerAddress.defaultPort) {
    self.host = host
    self.port = port
  }

  /// Reads `host`, `host:port`, `[address]` or `[address]:port`; nil for what is none of them.
  package init?(_ text: String) {
    guard let uri = try? BoltURI("bolt://\(text)"), uri.routingContext.isEmpty else { return nil }
    self = uri.address
  }

  /// `host:port`, an IPv6 host in brackets and with the sign before its zone escaped, as in a URI.
  public var description: String {
    guard host.utf8.contains(UInt8(ascii: ":")) else { return "\(host):\(port)" }
    guard let sign = host.firstIndex(of: "%") else { return "[\(host)]:\(port)" }
    return "[\(host[..<sign])%25\(host[host.index(after: sign)...])]:\(port)"
  }

  /// The host without the zone of an IPv6 address, which is known on this machine only: certificates name none.
  package var hostWithoutZone: String {
    guard host.utf8.contains(UInt8(ascii: ":")), let sign = host.firstIndex(of: "%") else { return host }
    return String(host[..<sign])
  }

  /// Whether the port is one that TCP has.
  package var hasPossiblePort: Bool { (1...65_535).contains(port) }

  /// Whether the server is on this machine, where an unencrypted connection is no danger.
  package var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
