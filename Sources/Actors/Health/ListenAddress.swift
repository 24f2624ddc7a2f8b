/// Where the health port listens: `HOST:PORT`, `[::1]:PORT`, or `:PORT` for the loopback interface.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
  /// The host name or address, without brackets.
  package var host: String
  /// The port; 0 lets the operating system choose.
  package var port: Int

  /// Reads an address.
  ///
  /// - Throws: ``HealthServerError`` (`invalidAddress`).
  package init(_ text: String) throws(HealthServerError) {
    func refuse(_ why: String) -> HealthServerError {
      HealthServerError(
        .invalidAddress,
        "\(text.debugDescription) is no address to listen on: \(why); "
          + "expected HOST:PORT, [::1]:PORT or :PORT (loopback), as in 127.0.0.1:9192")
    }
    guard text.utf8.count <= 300, let colon = text.lastIndex(of: ":") else { throw refuse("there is no port") }
    var host = text[..<colon]
    let digits = text[text.index(after: colon)...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits) else {
      throw refuse("the port must be a number in 0...65535")
    }
    if host.hasPrefix("[") {
      guard host.hasSuffix("]"), host.count > 2 else { throw refuse("the brackets are not in pairs") }
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      throw refuse("an IPv6 address is written in brackets")
    }
    guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw refuse("the host has illegal characters") }
    self.host = host.isEmpty ? "127.0.0.1" : String(host)
    self.port = Int(port)
  }

  /// Whether only this machine can reach it.
  package var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

  /// The address as it is written.
  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
