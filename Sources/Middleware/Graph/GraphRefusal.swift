import BoltDriver

/// Which errors say that the graph is there but does not want us.
enum GraphRefusal {
  /// Asking again soon does harm or is of no use: a wrong password, a certificate that is not believed.
  static func isRefusal(_ error: any Error) -> Bool {
    guard let error = error as? BoltError else { return false }
    return error.code.rawValue.hasPrefix("Neo.ClientError.Security.") || isFinal(error)
  }

  /// Nothing but another configuration will help, so a worker need not be started again.
  static func isFinal(_ error: any Error) -> Bool {
    guard let error = error as? BoltError else { return false }
    switch error.code {
    case .tlsFailure, .unsupportedVersion, .unsupportedFeature, .invalidConfiguration: return true
    default: break
    }
    return final.contains(error.code.rawValue)
  }

  private static let final: Set<String> = [
    "Neo.ClientError.Security.Unauthorized", "Neo.ClientError.Security.Forbidden",
    "Neo.ClientError.Security.CredentialsExpired", "Neo.ClientError.Database.DatabaseNotFound",
  ]
}
