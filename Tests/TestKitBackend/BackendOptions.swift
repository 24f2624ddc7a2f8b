/// What the backend does differently from one run to the next.
struct BackendOptions: Sendable {
  /// What is announced.
  let features: FeatureList
  /// Where the certificate authorities are that the suite names by their files.
  let certificateFolder: String
}
