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
  /// Reads the status of a FAILURE with its causes; nil when there is none (before Bolt 5.7). What is missing is filled
  /// in, so that nothing that is there is lost with it.
  package init?(wire metadata: [String: BoltValue]) {
    guard metadata["gql_status"]?.text != nil || metadata["neo4j_code"] != nil else { return nil }
    let outermost = Self.single(metadata)
    var causes: [GQLStatus] = []
    var next = metadata["cause"]
    // The chain is as deep as values can be nested, so the loop ends.
    while case .map(let cause)? = next {
      causes.append(Self.single(cause))
      next = cause["cause"]
    }
    self.init(
      gqlStatus: outermost.gqlStatus, message: outermost.message, description: outermost.description,
      diagnosticRecord: outermost.diagnosticRecord, causes: causes)
  }

  private static func single(_ metadata: [String: BoltValue]) -> GQLStatus {
    let message = metadata["message"]?.text ?? ""
    var record: [String: BoltValue] = [:]
    if case .map(let entries)? = metadata["diagnostic_record"] { record = entries }
    guard let gqlStatus = metadata["gql_status"]?.text else { return unknown(message, diagnosticRecord: record) }
    return GQLStatus(
      gqlStatus: gqlStatus, message: message, description: metadata["description"]?.text ?? "",
      diagnosticRecord: record)
  }
}
