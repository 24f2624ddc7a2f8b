/// Tells which certificate this program shows to servers (mutual TLS). Asked for each new connection; connections that
/// exist keep theirs.
public protocol ClientCertificateProvider: Sendable {
  /// The certificate to use from now on.
  ///
  /// - Returns: A new certificate; nil when the one returned before is still good.
  /// - Throws: Anything; the connection that was to be made fails with it.
  func updatedCertificate() async throws -> ClientCertificate?
}
