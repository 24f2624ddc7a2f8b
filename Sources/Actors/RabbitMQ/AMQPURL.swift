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
    // Byte by byte from here on: a sign with an accent behind it is another character, and yet the same sign to everyone
    // else who reads URLs.
    let (beforeQuery, query) = Self.cut(text[scheme.upperBound...].utf8, at: UInt8(ascii: "?"))
    let (authority, path) = Self.cut(beforeQuery, at: UInt8(ascii: "/"))
    (user, password) = ("guest", Secret("guest"))
    var place = authority
    if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
      let (name, secret) = Self.cut(authority[..<at], at: UInt8(ascii: ":"))
      guard let name = Self.unescaped(name), let secret = secret.map(Self.unescaped) ?? "" else {
        throw refuse("its user information has a broken % escape")
      }
      (user, password) = (name, Secret(secret))
      place = authority[authority.index(after: at)...]
    }
    guard let (host, port) = Self.hostAndPort(place, defaultPort: usesTLS ? 5671 : 5672) else {
      throw refuse("its host or port cannot be read (an IPv6 address must be in brackets)")
    }
    (self.host, self.port) = (host, port)
    guard let virtualHost = path.map({ $0.isEmpty ? "/" : Self.unescaped($0) }) ?? "/", virtualHost.utf8.count <= 255
    else { throw refuse("its virtual host cannot be read (write / as %2F)") }
    self.virtualHost = virtualHost
    heartbeat = try Self.heartbeat(in: query).map { seconds in
      guard let seconds = Self.number(seconds), (0...3600).contains(seconds) else {
        throw refuse("heartbeat must be 0...3600")
      }
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
    let shown = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    return "\(usesTLS ? "amqps" : "amqp")://\(user):***@\(shown):\(port)/\(virtualHost == "/" ? "%2F" : virtualHost)"
  }

  /// Host and port alone, for log lines and errors.
  var address: String { host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Whether the broker is on this machine, where plain AMQP and guest accounts are no danger.
  var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

  /// What is before a sign and what is behind it; nil when it is not there.
  private static func cut(
    _ text: Substring.UTF8View, at sign: UInt8
  ) -> (before: Substring.UTF8View, behind: Substring.UTF8View?) {
    guard let place = text.firstIndex(of: sign) else { return (text, nil) }
    return (text[..<place], text[text.index(after: place)...])
  }

  private static func hostAndPort(_ text: Substring.UTF8View, defaultPort: Int) -> (String, Int)? {
    var (host, port) = cut(text, at: UInt8(ascii: ":"))
    if text.first == UInt8(ascii: "[") {
      let (address, tail) = cut(text.dropFirst(), at: UInt8(ascii: "]"))
      guard let tail, tail.isEmpty || tail.first == UInt8(ascii: ":") else { return nil }
      (host, port) = (address, tail.isEmpty ? nil : tail.dropFirst())
    }
    guard let number = port.map(number) ?? defaultPort, (1...65535).contains(number),
      host.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !"#\\[]".utf8.contains($0) })
    else { return nil }
    return (host.isEmpty ? "localhost" : String(Substring(host)), number)
  }

  /// A number of digits alone; `Int` would take a sign as well.
  private static func number(_ text: Substring.UTF8View) -> Int? {
    text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(Substring(text)) : nil
  }

  private static func heartbeat(in query: Substring.UTF8View?) -> Substring.UTF8View? {
    let name = "heartbeat=".utf8
    return query?.split(separator: UInt8(ascii: "&")).first { $0.starts(with: name) }?.dropFirst(name.count)
  }

  private static func unescaped(_ text: Substring.UTF8View) -> String? {
    var bytes: [UInt8] = []
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
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.flatMap(UInt8.init(exactly:))
  }
}
