extension BoltRequest {
  /// Checks that the server's version knows what a request asks for: what it does not know it would pass over.
  ///
  /// - Throws: ``BoltError`` (`unsupportedFeature`).
  func checkSupport(in version: BoltVersion, address: String) throws {
    switch self {
    case .begin(let start), .run(_, _, let start?): try start.checkSupport(in: version, address: address)
    case .route(_, _, _, let user): try TransactionStart.checkImpersonation(of: user, in: version, address: address)
    default: return
    }
  }
}

extension TransactionStart {
  fileprivate func checkSupport(in version: BoltVersion, address: String) throws {
    if version < .v52 { try notifications.refuse(in: version, address: address) }
    if version < .v44 { try Self.checkImpersonation(of: impersonatedUser, in: version, address: address) }
    if version < .v40, let database {
      throw BoltError(
        .unsupportedFeature,
        "the server speaks Bolt \(version), which has no databases to choose from: leave "
          + "\(database) unnamed", address: address)
    }
  }

  static func checkImpersonation(of user: String?, in version: BoltVersion, address: String) throws {
    guard let user, version < .v44 else { return }
    throw BoltError(
      .unsupportedFeature, "impersonating \(user) needs Bolt 4.4, the server speaks \(version)", address: address)
  }
}

extension NotificationFilter {
  /// Refuses a filter that the server's version does not know.
  func refuse(in version: BoltVersion, address: String) throws {
    guard version < .v52, self != .default else { return }
    throw BoltError(
      .unsupportedFeature, "filters of notifications need Bolt 5.2, the server speaks \(version)", address: address)
  }
}
