import Actors
import BoltDriver

/// A certificate provider of the suite: it is asked each time.
struct SuiteCertificateProvider: ClientCertificateProvider {
  let id: String
  let connection: BackendConnection

  func updatedCertificate() async throws -> ClientCertificate? {
    let reply = try await connection.ask(
      "ClientCertificateProviderRequest", [.init(key: "clientCertificateProviderId", value: .string(id))])
    guard try reply.flag("hasUpdate") == true, let certificate = try reply.named("clientCertificate") else {
      return nil
    }
    return try BackendConnection.certificate(certificate)
  }
}
