import ArgumentParser

/// What the driver can do, in the suite's words. Each generation of the suite knows its own words, and stops at one that
/// it does not know.
struct FeatureList: Sendable {
  /// The generations of the suite.
  enum Generation: String, Sendable, CaseIterable, ExpressibleByArgument {
    /// The suite of the Bolt versions up to 5.7.
    case october2024 = "2024-10"
    /// The suite with Bolt 5.8 and 6.0, vectors and unsupported types.
    case latest

    /// All of them, for a help text.
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
  }

  /// The words.
  let names: [String]

  /// What the driver can do, as far as a generation has a word for it.
  init(_ generation: Generation) {
    names = Self.functions + Self.versions + Self.optimizations + (generation == .latest ? Self.recent : [])
  }

  private static let functions = [
    "Feature:API:BookmarkManager", "Feature:API:ConnectionAcquisitionTimeout", "Feature:API:Driver.ExecuteQuery",
    "Feature:API:Driver.ExecuteQuery:WithAuth", "Feature:API:Driver:GetServerInfo", "Feature:API:Driver.IsEncrypted",
    "Feature:API:Driver:NotificationsConfig", "Feature:API:Driver.VerifyAuthentication",
    "Feature:API:Driver.VerifyConnectivity", "Feature:API:Driver.SupportsSessionAuth", "Feature:API:Liveness.Check",
    "Feature:API:Result.List", "Feature:API:Result.Peek", "Feature:API:Result.Single",
    "Feature:API:Result.SingleOptional", "Feature:API:RetryableExceptions", "Feature:API:Session:AuthConfig",
    "Feature:API:Session:NotificationsConfig", "Feature:API:SSLClientCertificate", "Feature:API:SSLConfig",
    "Feature:API:SSLSchemes", "Feature:API:Summary:GqlStatusObjects", "Feature:API:Type.Spatial",
    "Feature:API:Type.Temporal", "Feature:Auth:Bearer", "Feature:Auth:Custom", "Feature:Auth:Kerberos",
    "Feature:Auth:Managed", "Feature:Bolt:Patch:UTC", "Feature:Impersonation", "Feature:TLS:1.2", "Feature:TLS:1.3",
    "AuthorizationExpiredTreatment", "Detail:ClosedDriverIsEncrypted", "Detail:DefaultSecurityConfigValueEquality",
    "ConfHint:connection.recv_timeout_seconds", "Backend:MockTime", "Backend:RTFetch", "Backend:RTForceUpdate",
  ]

  private static let versions = [
    "3.0", "4.1", "4.2", "4.3", "4.4", "5.0", "5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7",
  ].map { "Feature:Bolt:\($0)" }

  private static let optimizations = [
    "AuthPipelining", "ConnectionReuse", "EagerTransactionBegin", "ExecuteQueryPipelining", "ImplicitDefaultArguments",
    "MinimalBookmarksSet", "MinimalResets", "PullPipelining", "ResultListFetchAll",
  ].map { "Optimization:\($0)" }

  private static let recent = [
    "Feature:Bolt:5.8", "Feature:Bolt:6.0", "Feature:Bolt:HandshakeManifestV1", "Feature:API:Type.Vector",
    "Feature:API:Type.UnsupportedType", "Feature:API:Driver:MaxConnectionLifetime", "Optimization:HomeDatabaseCache",
  ]
}
