import Actors
import BoltDriver

/// Writes errors of the driver as the suite wants them.
struct DriverErrorMessage {
  private let error: any Error

  init(_ error: any Error) { self.error = error }

  /// The data of the message.
  ///
  /// - Parameter id: By which the suite may name the error later.
  func json(id: String) throws -> JSONValue {
    let bolt = error as? BoltError
    var members: [JSONValue.Member] = [
      .init(key: "id", value: .string(id)),
      .init(key: "errorType", value: .string(ErrorName(error).rawValue)),
      .init(key: "msg", value: .string(text)),
      .init(key: "retryable", value: .bool(bolt?.isRetryable ?? false)),
    ]
    if let failure = bolt?.server {
      members.append(.init(key: "code", value: .string(failure.code)))
      members += try Self.members(failure.status)
      members.append(.init(key: "cause", value: try Self.cause(failure.status.causes[...])))
    }
    return .object(members)
  }

  private var text: String {
    guard let error = error as? BoltError else { return "\(error)" }
    if error.server != nil { return error.message }
    if error.code == .unsupportedFeature { return "\(error) \(Self.wording(of: error))" }
    // The suite looks for the name of the error that took the result along.
    guard error.code == .resultFailed, let cause = error.underlying else { return "\(error)" }
    return "\(error) (\(ErrorName(cause).shortName))"
  }

  /// What the suite expects to read of a server that knows no change of users.
  private static func wording(of error: BoltError) -> String {
    guard let version = error.message.firstMatch(of: /token .* speaks (\d+)\.(\d+)/) else { return "" }
    return "(User switching is not supported for Bolt Protocol Version(\(version.1), \(version.2)))"
  }

  private static func members(_ status: GQLStatus) throws -> [JSONValue.Member] {
    [
      .init(key: "gqlStatus", value: .string(status.gqlStatus)),
      .init(key: "statusDescription", value: .string(status.description)),
      .init(key: "diagnosticRecord", value: try CypherEncoding.members(status.diagnosticRecord)),
      .init(key: "classification", value: .string(status.classification.rawValue)),
      .init(key: "rawClassification", value: status.rawClassification.map(JSONValue.string) ?? .null),
    ]
  }

  private static func cause(_ chain: ArraySlice<GQLStatus>) throws -> JSONValue {
    guard let status = chain.first else { return .null }
    let members: [JSONValue.Member] =
      [.init(key: "msg", value: .string(status.message))] + (try members(status))
      + [.init(key: "cause", value: try cause(chain.dropFirst()))]
    return CypherEncoding.named("GqlError", .object(members))
  }
}
