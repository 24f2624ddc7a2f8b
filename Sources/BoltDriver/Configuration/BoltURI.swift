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
    let rest = text[mark.upperBound...]
    let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
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
  private static func address(_ text: Substring) throws -> ServerAddress {
    guard !text.contains("@") else {
      throw refusal("it holds user information, which belongs in an AuthToken (or BOLT_USER and BOLT_PASSWORD)")
    }
    var host = text
    var port: Substring?
    if text.hasPrefix("[") {
      guard let close = text.firstIndex(of: "]") else { throw refusal("its IPv6 address lacks the closing bracket") }
      host = text[text.index(after: text.startIndex)..<close]
      let tail = text[text.index(after: close)...]
      guard tail.isEmpty || tail.hasPrefix(":") else { throw refusal("something stands between address and port") }
      guard host.contains(":") else { throw refusal("what is in brackets is no IPv6 address") }
      if !tail.isEmpty { port = tail.dropFirst() }
    } else if let colon = text.firstIndex(of: ":") {
      host = text[..<colon]
      port = text[text.index(after: colon)...]
      guard text[text.index(after: colon)...].firstIndex(of: ":") == nil else {
        throw refusal("an IPv6 address must be in brackets")
      }
    }
    guard !host.isEmpty else { throw refusal("it names no host") }
    guard host.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F && $0 != "\\" }) else {
      throw refusal("its host holds a character that no host has")
    }
    guard let port else { return ServerAddress(host: String(host)) }
    guard port.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int(port),
      (1...65535).contains(number)
    else { throw refusal("its port is not 1...65535") }
    return ServerAddress(host: String(host), port: number)
  }

  /// Reads what follows the address: at most a `/`, then the query.
  private static func context(_ text: Substring) throws -> [String: String] {
    var text = text
    if text.hasPrefix("/") { text = text.dropFirst() }
    guard !text.isEmpty else { return [:] }
    guard text.hasPrefix("?") else { throw refusal("it has a path; the database is set in the configuration") }
    guard !text.contains("#") else { throw refusal("it has a fragment") }
    var context: [String: String] = [:]
    for entry in text.dropFirst().split(separator: "&", omittingEmptySubsequences: false) {
      let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let key = percentDecoded(parts[0]), let value = percentDecoded(parts[1]), !key.isEmpty,
        !value.isEmpty
      else { throw refusal("an entry of its query is not key=value") }
      guard key != "address" else { throw refusal("address is no key for a query: the driver itself sends it") }
      guard context.updateValue(value, forKey: key) == nil else { throw refusal("a key of its query is given twice") }
    }
    return context
  }

  /// Undoes `%XX`; nil for a broken escape, for NUL, and for what is not UTF-8.
  private static func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var rest = text.utf8[...]
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
