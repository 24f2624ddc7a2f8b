import BoltDriver

/// The names by which the suite expects errors: those of the Python driver's classes.
struct ErrorName: RawRepresentable {
  /// The name as Python prints a class.
  let rawValue: String

  init(rawValue: String) { self.rawValue = rawValue }

  private init(_ name: String) { rawValue = "<class 'neo4j.exceptions.\(name)'>" }

  /// The name without the module.
  var shortName: String {
    String(rawValue.split(separator: ".").last.map { $0.prefix { $0 != "'" } } ?? "")
  }

  /// The name that the suite expects for an error.
  init(_ error: any Error) {
    switch error {
    case let error as BoltError where error.server != nil: self.init(serverCode: error.code.rawValue)
    case let error as BoltError: self.init(code: error.code)
    case let refused as RefusedURI: self.init(refused.reason)
    case is BoltDecodingError: self.init(rawValue: "<class 'ValueError'>")
    default: self.init(rawValue: "<class '\(type(of: error))'>")
    }
  }

  private init(code: BoltError.Code) {
    switch code {
    case .serviceUnavailable, .connectTimeout, .tlsFailure, .unsupportedVersion: self.init("ServiceUnavailable")
    // The suite knows one name for both.
    case .sessionExpired, .readServiceUnavailable: self.init("SessionExpired")
    case .incompleteCommit: self.init("IncompleteCommit")
    case .poolTimeout: self.init("ClientError")
    case .closed, .transactionTerminated: self.init("TransactionError")
    case .misuse: self.init(rawValue: "<class 'AttributeError'>")
    case .resultConsumed: self.init("ResultConsumedError")
    case .resultFailed: self.init("ResultFailedError")
    case .notSingle: self.init("ResultNotSingleError")
    case .unsupportedFeature: self.init("ConfigurationError")
    case .protocolViolation: self.init(rawValue: "<class 'neo4j._exceptions.BoltProtocolError'>")
    case .invalidConfiguration, .unsendableValue, .invalidIdentifier: self.init(rawValue: "<class 'ValueError'>")
    default: self.init("DriverError")
    }
  }

  private init(serverCode code: String) {
    self.init(Self.names[code] ?? Self.families.first { code.hasPrefix($0.key) }?.value ?? "Neo4jError")
  }

  private static let families = [
    "Neo.TransientError.": "TransientError", "Neo.ClientError.": "ClientError", "Neo.DatabaseError.": "DatabaseError",
  ]

  private static let names = [
    "Neo.ClientError.Cluster.NotALeader": "NotALeader",
    "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase": "ForbiddenOnReadOnlyDatabase",
    "Neo.ClientError.Security.AuthorizationExpired": "TransientError",
    "Neo.TransientError.General.DatabaseUnavailable": "DatabaseUnavailable",
    "Neo.ClientError.Security.Unauthorized": "AuthError",
    "Neo.ClientError.Security.TokenExpired": "TokenExpired",
    "Neo.ClientError.Security.Forbidden": "Forbidden",
    "Neo.ClientError.Statement.SyntaxError": "CypherSyntaxError",
  ]
}
