import Actors
import BoltDriver

extension BackendConnection {
  /// Requests about results.
  func answerResult(_ request: String, _ fields: RequestFields) async throws -> Answer? {
    guard request.hasPrefix("Result") else { return nil }
    let result = try await objects.results.get(try fields.text("resultId"))
    switch request {
    case "ResultNext": return try record(try await result.next())
    case "ResultPeek": return try record(try await result.peek())
    case "ResultSingle": return try record(try await result.single())
    case "ResultSingleOptional":
      var warnings: [JSONValue] = []
      let record = try await result.singleOptional { warnings.append(.string($0)) }
      return Answer(
        "RecordOptional", ["record": try record.map(Self.json) ?? .null, "warnings": .array(warnings)])
    case "ResultList":
      return Answer("RecordList", ["records": .array(try await result.collect().map(Self.json))])
    case "ResultConsume": return Answer("Summary", try SummaryMessage(try await result.consume()).json())
    default: return nil
    }
  }

  /// Keeps a result.
  func answer(_ result: QueryResult) async -> Answer {
    let id = await objects.results.add(result)
    return Answer("Result", ["id": .string(id), "keys": .array(result.keys.map(JSONValue.string))])
  }

  /// The values of a record, under their name.
  static func json(_ record: Record) throws -> JSONValue { ["values": try CypherEncoding.values(record)] }

  private func record(_ record: Record?) throws -> Answer {
    guard let record else { return Answer("NullRecord") }
    return Answer("Record", try Self.json(record))
  }
}
