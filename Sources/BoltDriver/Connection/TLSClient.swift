import NIOCore

/// Secures connections. How it does is behind a closure, so that nothing else knows the TLS library.
struct TLSClient: Sendable {
  private let make: @Sendable (_ host: String) throws -> any ChannelHandler

  /// - Parameter make: Makes the handler of one connection to a host.
  init(_ make: @escaping @Sendable (_ host: String) throws -> any ChannelHandler) { self.make = make }

  /// Makes the handler of one connection. Called on its event loop.
  func makeHandler(host: String) throws -> any ChannelHandler { try make(host) }
}
