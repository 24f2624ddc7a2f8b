/// The address of one broker, from an `amqp://` or `amqps://` URL
/// (`amqp://user:password@host:port/vhost?heartbeat=10`). Its description never shows the password.
public struct AMQPURL: Sendable, Hashable, CustomStringConvertible {
  /// Host name or address; of an IPv6 address without the brackets.
  public var host: String
  /// The TCP port.
  public var port: Int
  /// Whether TLS is used.
  public var usesTLS: Bool
  /// The user name.
  public var user: String
  /// The password; printed as `***`.
  public var password: Secret
  /// The virtual host.
  public var virtualHost: String
  /// The heartbeat that the URL asks for, in whole seconds.
  public var heartbeat: Duration?

  /// Reads a URL.
  ///
  /// - Throws: ``ActorSystemError`` (`invalidConfiguration`) telling what is wrong, without the user information.
  public init(_ text: String) throws {
    func refuse(_ why: String) -> ActorSystemError {
      ActorSystemError(
        .invalidConfiguration,
        "not a broker URL: \(why); expected amqp://user:password@host:port/vhost (or amqps://)")
    }
    guard let scheme = text.firstRange(of: "://") else { throw refuse("it has no scheme") }
    switch text[..<scheme.lowerBound].lowercased() {
    case "amqp": usesTLS = false
    case "amqps": usesTLS = true
    default: throw refuse("its scheme is neither amqp nor amqps")
    }
    var rest = text[scheme.upperBound...]
    var query: Substring = ""
    if let mark = rest.firstIndex(of: "?") {
      query = rest[rest.index(after: mark)...]
      rest = rest[..<mark]
    }
    var path: Substring?
    if let slash = rest.firstIndex(of: "/") {
      path = rest[rest.index(after: slash)...]
      rest = rest[..<slash]
    }
    (user, password) = ("guest", Secret("guest"))
    if let at = rest.lastIndex(of: "@") {
      let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.unescaped(parts[0]), let secret = parts.count > 1 ? Self.unescaped(parts[1]) : "" else {
        throw refuse("its user information has a broken % escape")
      }
      (user, password) = (name, Secret(secret))
      rest = rest[rest.index(after: at)...]
    }
    guard let (host, port) = Self.hostAndPort(rest, defaultPort: usesTLS ? 5671 : 5672) else {
      throw refuse("its host or port cannot be read")
    }
    (self.host, self.port) = (host, port)
    guard let virtualHost = path.map({ $0.isEmpty ? "/" : Self.unescaped($0) }) ?? "/", virtualHost.utf8.count <= 255
    else { throw refuse("its virtual host cannot be read (write / as %2F)") }
    self.virtualHost = virtualHost
    heartbeat = try Self.heartbeat(in: query).map { seconds in
      guard let seconds = Int(seconds), (0...3600).contains(seconds) else { throw refuse("heartbeat must be 0...3600") }
      return .seconds(seconds)
    }
  }

  /// Reads a list of URLs, separated by commas, semicolons or white space.
  ///
  /// - Throws: ``ActorSystemError`` (`invalidConfiguration`).
  public static func list(_ text: String) throws -> [AMQPURL] {
    let urls = try text.split { $0 == ";" || $0 == "," || $0.isWhitespace }.map { try AMQPURL(String($0)) }
    guard !urls.isEmpty else { throw ActorSystemError(.invalidConfiguration, "the list of broker URLs is empty") }
    return urls
  }

  /// The URL without its password.
  public var description: String {
    let shown = host.contains(":") ? "[\(host)]" : host
    return "\(usesTLS ? "amqps" : "amqp")://\(user):***@\(shown):\(port)/\(virtualHost == "/" ? "%2F" : virtualHost)"
  }

  /// Host and port alone, for log lines and errors.
  var address: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Whether the broker is on this machine, where plain AMQP and guest accounts are no danger.
  var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

  private static func hostAndPort(_ text: Substring, defaultPort: Int) -> (String, Int)? {
    var host = text
    var port: Substring?
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      host = text[text.index(after: text.startIndex)..<end]
      let tail = text[text.index(after: end)...]
      if !tail.isEmpty {
        guard tail.hasPrefix(":") else { return nil }
        port = tail.dropFirst()
      }
    } else if let colon = text.lastIndex(of: ":") {
      host = text[..<colon]
      port = text[text.index(after: colon)...]
    }
    let number = port.map { Int($0) } ?? defaultPort
    guard let number, (1...65535).contains(number), !host.contains(where: { $0.isWhitespace || $0 == "\0" }) else {
      return nil
    }
    return (host.isEmpty ? "localhost" : String(host), number)
  }

  private static func heartbeat(in query: Substring) throws -> Substring? {
    query.split(separator: "&").first { $0.hasPrefix("heartbeat=") }?.dropFirst("heartbeat=".count)
  }

  private static func unescaped(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst(), let low = rest.popFirst(),
        let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
    }
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}
