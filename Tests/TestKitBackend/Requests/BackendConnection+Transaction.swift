import Actors
import BoltDriver

extension BackendConnection {
  /// Requests about transactions.
  func answerTransaction(_ request: String, _ fields: RequestFields) async throws -> Answer? {
    guard request.hasPrefix("Transaction") else { return nil }
    let id = try fields.text("txId")
    let transaction = try await objects.transactions.get(id)
    switch request {
    case "TransactionRun": return await answer(try await transaction.run(try query(fields)))
    case "TransactionCommit": try await transaction.commit()
    case "TransactionRollback": try await transaction.rollback()
    case "TransactionClose": try await transaction.close()
    default: return nil
    }
    return Answer("Transaction", id: id)
  }

  /// The query of a request.
  func query(_ fields: RequestFields) throws -> Query {
    Query(try fields.text("cypher"), parameters: try CypherDecoding.entries(fields, "params") ?? [:])
  }

  /// The settings of the transaction of a request.
  func transactionConfiguration(_ fields: RequestFields) throws -> TransactionConfiguration {
    TransactionConfiguration(
      timeout: try fields.milliseconds("timeout"), metadata: try CypherDecoding.entries(fields, "txMeta") ?? [:])
  }
}
