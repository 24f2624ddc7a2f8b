import NIOCore

/// Secures connections. How it does is behind closures, so that nothing else knows the TLS library.
struct TLSClient: Sendable {
  /// Makes the handler of one connection to a host. Called on its event loop.
  typealias HandlerFactory = @Sendable (_ host: String) throws -> any ChannelHandler

  private let makeFactory: @Sendable () async throws -> HandlerFactory

  /// - Parameter makeFactory: Called for each connection that is to be made, with the certificate of the moment.
  init(_ makeFactory: @escaping @Sendable () async throws -> HandlerFactory) { self.makeFactory = makeFactory }

  /// What makes the handler of the next connection.
  ///
  /// - Throws: ``BoltError`` (`invalidConfiguration`) when a certificate cannot be read; what the program's own provider
  ///   of certificates throws.
  func handlerFactory() async throws -> HandlerFactory { try await makeFactory() }
}
