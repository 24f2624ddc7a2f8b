/// A status of the GQL standard, with its chain of causes.
public struct GQLStatus: Sendable, Hashable {
  /// Five characters; the first two name the class.
  public let gqlStatus: String
  /// The server's text.
  public let message: String
  /// The standard's description of the status.
  public let description: String
  /// The diagnostic record. The three entries that the standard wants are always there.
  public let diagnosticRecord: [String: BoltValue]
  /// What caused it, outermost first.
  public let causes: [GQLStatus]

  package init(
    gqlStatus: String, message: String, description: String, diagnosticRecord: [String: BoltValue] = [:],
    causes: [GQLStatus] = []
  ) {
    self.gqlStatus = gqlStatus
    self.message = message
    self.description = description
    self.diagnosticRecord = diagnosticRecord.merging(Self.defaultRecord) { given, _ in given }
    self.causes = causes
  }

  /// What stands for a status that the server did not tell.
  package static func unknown(_ message: String, diagnosticRecord: [String: BoltValue] = [:]) -> GQLStatus {
    GQLStatus(
      gqlStatus: "50N42", message: message,
      description: "error: general processing exception - unexpected error. \(message)",
      diagnosticRecord: diagnosticRecord)
  }

  /// Who is at fault, as the diagnostic record says.
  public var classification: BoltError.Classification {
    guard case .string(let text)? = diagnosticRecord["_classification"] else { return .unknown }
    return BoltError.Classification(rawValue: text) ?? .unknown
  }

  /// The raw classification of the diagnostic record; nil when there is none.
  public var rawClassification: String? {
    if case .string(let text)? = diagnosticRecord["_classification"] { text } else { nil }
  }

  /// The entries of a diagnostic record that a server may leave out, with the values they then have.
  package static let defaultRecord: [String: BoltValue] = [
    "OPERATION": "", "OPERATION_CODE": "0", "CURRENT_SCHEMA": "/",
  ]
}
