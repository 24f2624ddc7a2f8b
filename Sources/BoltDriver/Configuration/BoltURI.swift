/// Which server to connect to, and how: `bolt://host:7687`, with TLS `bolt+s://` (the certificate is checked) or
/// `bolt+ssc://` (any certificate is taken), and the same with `neo4j` for a cluster whose members are found by
/// routing.
///
/// User and password have no place in it: pass an ``AuthToken``. What follows `?` is the routing context, handed to the
/// server as it is.
public struct BoltURI: Sendable, Hashable, CustomStringConvertible {
  /// The six schemes.
  public enum Scheme: String, Sendable, Hashable, CaseIterable {
    /// One server, unencrypted.
    case bolt
    /// One server, TLS, certificate and host name checked.
    case boltSecure = "bolt+s"
    /// One server, TLS, any certificate taken.
    case boltSelfSigned = "bolt+ssc"
    /// A cluster found by routing, unencrypted.
    case neo4j
    /// A cluster found by routing, TLS, certificate and host name checked.
    case neo4jSecure = "neo4j+s"
    /// A cluster found by routing, TLS, any certificate taken.
    case neo4jSelfSigned = "neo4j+ssc"
  }

  /// What is expected of the server's certificate.
  public enum Encryption: Sendable, Hashable {
    /// No TLS.
    case none
    /// TLS; chain and host name are checked against the trust settings.
    case verified
    /// TLS, but any certificate is taken: safe from listeners only, not from impostors.
    case anyCertificate
  }

  /// The scheme.
  public var scheme: Scheme
  /// The server; with routing the first of those to ask for the table.
  public var address: ServerAddress
  /// The entries of the query, decoded; sent to the server when it is asked for a routing table.
  public var routingContext: [String: String]

  /// A URI from its parts.
  public init(scheme: Scheme, address: ServerAddress, routingContext: [String: String] = [:]) {
    self.scheme = scheme
    self.address = address
    self.routingContext = routingContext
  }

  /// Reads a URI.
  ///
  /// - Throws: ``BoltError`` (`invalidConfiguration`) telling what is wrong, without repeating what might be a secret.
  public init(_ text: String) throws {
    guard let mark = text.firstRange(of: "://") else { throw Self.refusal("it has no scheme") }
    guard let scheme = Scheme(rawValue: text[..<mark.lowerBound].lowercased()) else {
      throw Self.refusal("its scheme is none of \(Scheme.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    // Byte by byte from here on: a sign with an accent behind it is another character, and yet the same sign to everyone
    // else who reads URIs.
    let rest = text[mark.upperBound...].utf8
    let end = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
    self.scheme = scheme
    address = try Self.address(rest[..<end])
    routingContext = try Self.context(rest[end...])
  }

  /// Whether the members of a cluster are to be found by routing.
  public var isRouting: Bool {
    switch scheme {
    case .neo4j, .neo4jSecure, .neo4jSelfSigned: true
    case .bolt, .boltSecure, .boltSelfSigned: false
    }
  }

  /// Whether and how TLS is used.
  public var encryption: Encryption {
    switch scheme {
    case .bolt, .neo4j: .none
    case .boltSecure, .neo4jSecure: .verified
    case .boltSelfSigned, .neo4jSelfSigned: .anyCertificate
    }
  }

  /// The URI with its port; the routing context is left out, only its presence is shown.
  public var description: String { "\(scheme.rawValue)://\(address)\(routingContext.isEmpty ? "" : "?…")" }

  private static func refusal(_ why: String) -> BoltError {
    BoltError(.invalidConfiguration, "not a Bolt URI: \(why); expected bolt://host:7687 (or bolt+s://, bolt+ssc://, …)")
  }

  /// Reads `host`, `host:port`, `[address]` or `[address]:port`.
  private static func address(_ text: Substring.UTF8View) throws -> ServerAddress {
    guard !text.contains(UInt8(ascii: "@")) else {
      throw refusal("it holds user information, which belongs in an AuthToken (or BOLT_USER and BOLT_PASSWORD)")
    }
    let (host, port) = try parts(text)
    guard !host.isEmpty else { throw refusal("it names no host") }
    guard host.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }) else {
      throw refusal("its host holds a character that no host has")
    }
    guard let port else { return ServerAddress(host: String(Substring(host))) }
    guard port.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int(Substring(port)),
      (1...65535).contains(number)
    else { throw refusal("its port is not 1...65535") }
    return ServerAddress(host: String(Substring(host)), port: number)
  }

  private static func parts(
    _ text: Substring.UTF8View
  ) throws -> (host: Substring.UTF8View, port: Substring.UTF8View?) {
    let colon = UInt8(ascii: ":")
    guard text.first == UInt8(ascii: "[") else {
      let parts = text.split(separator: colon, omittingEmptySubsequences: false)
      guard parts.count <= 2 else { throw refusal("an IPv6 address must be in brackets") }
      return (parts[0], parts.count == 2 ? parts[1] : nil)
    }
    guard let close = text.firstIndex(of: UInt8(ascii: "]")) else {
      throw refusal("its IPv6 address lacks the closing bracket")
    }
    let host = text[text.index(after: text.startIndex)..<close]
    let tail = text[text.index(after: close)...]
    guard tail.isEmpty || tail.first == colon else { throw refusal("something stands between address and port") }
    guard host.contains(colon) else { throw refusal("what is in brackets is no IPv6 address") }
    return (try withZone(host), tail.isEmpty ? nil : tail.dropFirst())
  }

  /// An IPv6 address with its zone, if it has one, as resolvers want it: `fe80::1%eth0`. In a URI the sign between them
  /// is itself written as an escape, `%25` (RFC 6874); the bare sign that people copy from elsewhere is taken as well.
  private static func withZone(_ host: Substring.UTF8View) throws -> Substring.UTF8View {
    guard let sign = host.firstIndex(of: UInt8(ascii: "%")) else { return host }
    var zone = host[host.index(after: sign)...]
    if zone.starts(with: "25".utf8) { zone = zone.dropFirst(2) }
    guard !zone.isEmpty, zone.allSatisfy(isUnreserved) else {
      throw refusal("the zone of its IPv6 address is no name of a network interface; expected [fe80::1%25eth0]")
    }
    return Substring("\(Substring(host[..<sign]))%\(Substring(zone))").utf8
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~".utf8.contains(byte)
    }
  }

  /// Reads what follows the address: at most a `/`, then the query.
  private static func context(_ text: Substring.UTF8View) throws -> [String: String] {
    var text = text
    if text.first == UInt8(ascii: "/") { text = text.dropFirst() }
    guard !text.isEmpty else { return [:] }
    guard text.first == UInt8(ascii: "?") else {
      throw refusal("it has a path; the database is set in the configuration")
    }
    guard !text.contains(UInt8(ascii: "#")) else { throw refusal("it has a fragment") }
    var context: [String: String] = [:]
    for entry in text.dropFirst().split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false) {
      let parts = entry.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let key = percentDecoded(parts[0]), let value = percentDecoded(parts[1]), !key.isEmpty,
        !value.isEmpty
      else { throw refusal("an entry of its query is not key=value") }
      guard key != "address" else { throw refusal("address is no key for a query: the driver itself sends it") }
      guard context.updateValue(value, forKey: key) == nil else { throw refusal("a key of its query is given twice") }
    }
    return context
  }

  /// Undoes `%XX`; nil for a broken escape, for NUL, and for what is not UTF-8.
  private static func percentDecoded(_ text: Substring.UTF8View) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(hexadecimal), let low = rest.popFirst().flatMap(hexadecimal) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.flatMap(UInt8.init(exactly:))
  }
}
