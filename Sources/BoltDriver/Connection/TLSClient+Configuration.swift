import NIOCore
import NIOSSL

extension TLSClient {
  /// The TLS that a configuration asks for; nil when it asks for plain text. TLS 1.2 is the least that is spoken.
  ///
  /// - Throws: ``BoltError`` (`invalidConfiguration`) when certificates cannot be read.
  init?(_ configuration: DriverConfiguration) throws {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    switch configuration.encryption {
    case .none: return nil
    case .verified: tls.trustRoots = try Self.trustRoots(configuration.trust)
    case .anyCertificate: tls.certificateVerification = .none
    }
    // Made once: reading the authorities of the system takes milliseconds.
    let contexts = try TLSContexts(tls, certificates: configuration.clientCertificate)
    self.init {
      let context = try await contexts.current()
      return { host in
        // An address is no name for the server to choose a certificate by; the certificate must then hold the address.
        try NIOSSLClientHandler(context: context, serverHostname: Self.isAddress(host) ? nil : host)
      }
    }
  }

  private static func trustRoots(_ trust: TrustSettings) throws -> NIOSSLTrustRoots {
    guard case .files(let paths) = trust.kind else { return .default }
    var certificates: [NIOSSLCertificate] = []
    for path in paths {
      do {
        certificates += try NIOSSLCertificate.fromPEMFile(path)
      } catch {
        throw BoltError(
          .invalidConfiguration, "the certificate authorities in \(path) cannot be read", underlying: error)
      }
    }
    return .certificates(certificates)
  }

  private static func isAddress(_ host: String) -> Bool {
    (try? SocketAddress(ipAddress: host, port: 0)) != nil
  }
}
