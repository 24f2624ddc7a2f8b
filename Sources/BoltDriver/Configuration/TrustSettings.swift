/// Which certificates are believed where the URI asks for checked ones (`bolt+s://`, `neo4j+s://`).
public struct TrustSettings: Sendable, Hashable {
  /// The kinds of trust; open, so that a new one breaks no switch of a user.
  package enum Kind: Sendable, Hashable {
    case system
    case files([String])
    case anyCertificate
  }

  package let kind: Kind

  /// The certificate authorities of the system.
  public static let system = TrustSettings(kind: .system)

  /// Any certificate: safe from listeners only, not from impostors.
  public static let anyCertificate = TrustSettings(kind: .anyCertificate)

  /// Only the certificate authorities of these PEM files.
  public static func certificateFiles(_ paths: [String]) -> TrustSettings { TrustSettings(kind: .files(paths)) }
}
