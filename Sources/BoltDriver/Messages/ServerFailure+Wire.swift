extension ServerFailure {
  /// Reads the metadata of a FAILURE. Whatever is missing or of a wrong type is replaced, never refused: a server that
  /// reports an error badly must still be heard.
  package init(wire metadata: [String: BoltValue]) {
    let code =
      Self.text(metadata["neo4j_code"]) ?? Self.text(metadata["code"]) ?? "Neo.DatabaseError.General.UnknownError"
    let message = Self.text(metadata["message"]) ?? "the server gave no text"
    self.init(code: code, message: message, status: GQLStatus(wire: metadata))
  }

  private static func text(_ value: BoltValue?) -> String? {
    if case .string(let text)? = value, !text.isEmpty { text } else { nil }
  }
}

extension GQLStatus {
  /// Reads the status of a FAILURE with its causes; nil when there is none (before Bolt 5.7).
  package init?(wire metadata: [String: BoltValue]) {
    guard let outermost = Self.single(metadata) else { return nil }
    var causes: [GQLStatus] = []
    var next = metadata["cause"]
    // The chain is as deep as values can be nested, so the loop ends.
    while case .map(let cause)? = next, let status = Self.single(cause) {
      causes.append(status)
      next = cause["cause"]
    }
    self.init(
      gqlStatus: outermost.gqlStatus, message: outermost.message, description: outermost.description,
      diagnosticRecord: outermost.diagnosticRecord, causes: causes)
  }

  private static func single(_ metadata: [String: BoltValue]) -> GQLStatus? {
    guard case .string(let gqlStatus)? = metadata["gql_status"] else { return nil }
    var message = ""
    if case .string(let text)? = metadata["message"] { message = text }
    var description = ""
    if case .string(let text)? = metadata["description"] { description = text }
    var record: [String: BoltValue] = [:]
    if case .map(let entries)? = metadata["diagnostic_record"] { record = entries }
    return GQLStatus(gqlStatus: gqlStatus, message: message, description: description, diagnosticRecord: record)
  }
}
