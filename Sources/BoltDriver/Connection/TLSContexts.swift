import NIOSSL
import Synchronization

/// The TLS settings of new connections: made once, and again when the program shows another certificate of its own.
final class TLSContexts: Sendable {
  private let base: TLSConfiguration
  private let certificates: (any ClientCertificateProvider)?
  private let made: Lock<NIOSSLContext>

  /// - Parameters:
  ///   - base: All settings but the program's own certificate.
  ///   - certificates: Tells the program's own certificate; nil when it has none.
  /// - Throws: ``BoltError`` (`invalidConfiguration`) when TLS cannot be set up so.
  init(_ base: TLSConfiguration, certificates: (any ClientCertificateProvider)?) throws {
    self.base = base
    self.certificates = certificates
    made = Lock(try Self.context(base))
  }

  /// The settings for the next connection.
  ///
  /// - Throws: ``BoltError`` (`invalidConfiguration`) when a certificate cannot be read; what the provider throws.
  func current() async throws -> NIOSSLContext {
    guard let new = try await certificates?.updatedCertificate() else { return made.withLock { $0 } }
    let context = try Self.context(showing: new, base)
    made.withLock { $0 = context }
    return context
  }

  private static func context(_ tls: TLSConfiguration) throws -> NIOSSLContext {
    do {
      return try NIOSSLContext(configuration: tls)
    } catch {
      throw BoltError(.invalidConfiguration, "TLS cannot be set up with these certificates", underlying: error)
    }
  }

  private static func context(showing certificate: ClientCertificate, _ base: TLSConfiguration) throws -> NIOSSLContext
  {
    var tls = base
    do {
      tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificate.certificateFile).map { .certificate($0) }
      tls.privateKey = .privateKey(try privateKey(certificate))
    } catch {
      throw BoltError(
        .invalidConfiguration,
        "the client certificate \(certificate.certificateFile) with the key "
          + "\(certificate.privateKeyFile) cannot be read: is the password right?", underlying: error)
    }
    return try context(tls)
  }

  private static func privateKey(_ certificate: ClientCertificate) throws -> NIOSSLPrivateKey {
    guard let password = certificate.password else {
      return try NIOSSLPrivateKey(file: certificate.privateKeyFile, format: .pem)
    }
    return try NIOSSLPrivateKey(file: certificate.privateKeyFile, format: .pem) { setter in setter(password.utf8) }
  }
}
