/// One certificate for good.
public struct StaticClientCertificateProvider: ClientCertificateProvider {
  private let only: RotatingClientCertificateProvider

  /// A provider that knows only this certificate.
  public init(_ certificate: ClientCertificate) { only = RotatingClientCertificateProvider(certificate) }

  /// The certificate, if it has not been handed out.
  public func updatedCertificate() async throws -> ClientCertificate? { try await only.updatedCertificate() }
}
