import BoltDriver

/// What the errors of the graph mean for the exit code of a command.
enum GraphFailure {
  /// The failure that an error ends the command with.
  static func failure(_ error: any Error) -> CommandFailure {
    switch error {
    case let failure as CommandFailure: failure
    case let error as BoltError: CommandFailure(code(of: error), Printable.escape("\(error)"))
    default: CommandFailure(.internal, Printable.escape("\(error)"))
    }
  }

  private static func code(of error: BoltError) -> CommandFailure.Code {
    switch error.code {
    case .tlsFailure, .invalidConfiguration, .unsupportedFeature, .unsupportedVersion: return .configuration
    case .unsendableValue: return .data
    case .poolTimeout, .connectTimeout: return .timeout
    default: break
    }
    let name = error.code.rawValue
    if name.hasPrefix("Neo.ClientError.Security.") { return .permission }
    if name.hasPrefix("Neo.ClientError.Database.") { return .notFound }
    if name.hasPrefix("Neo.ClientError.") { return .data }
    return name.hasPrefix("Neo.TransientError.") ? .timeout : .unavailable
  }
}
