/// All records of a query, with its summary.
public struct EagerResult: Sendable {
  /// The names of the columns, in order.
  public let keys: [String]
  /// The records.
  public let records: [Record]
  /// What is known of the query at its end.
  public let summary: ResultSummary

  /// Makes a result; what tests and fakes need.
  package init(keys: [String], records: [Record], summary: ResultSummary) {
    self.keys = keys
    self.records = records
    self.summary = summary
  }

  /// Reads every record as a type.
  ///
  /// - Throws: ``BoltDecodingError`` when a record is not of that type.
  public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> [Value] {
    try records.map { try $0.decode(type) }
  }
}
