import Synchronization

/// A certificate that the program replaces before it expires.
public final class RotatingClientCertificateProvider: ClientCertificateProvider {
  /// The certificate that has not been handed out.
  private let fresh: Lock<ClientCertificate?>

  /// A provider that begins with this certificate.
  public init(_ certificate: ClientCertificate) { fresh = Lock(certificate) }

  /// New connections use this certificate from now on.
  public func update(_ certificate: ClientCertificate) { fresh.withLock { $0 = certificate } }

  /// The certificate, if it has not been handed out.
  public func updatedCertificate() async throws -> ClientCertificate? {
    fresh.withLock { fresh in
      defer { fresh = nil }
      return fresh
    }
  }
}
