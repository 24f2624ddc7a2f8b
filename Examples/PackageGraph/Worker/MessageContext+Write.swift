import Actors
import Middleware
import PackageIndex

extension MessageContext {
  /// Runs queries in one transaction, which is repeated when it conflicts with another, and writes the journal when it
  /// is committed. A worker that dies between the two is made good by the message itself: it runs again and finds
  /// everything there.
  ///
  /// - Parameter rows: How many nodes and relations the queries are about.
  /// - Throws: `BoltError`; ``JournalError``.
  func write(_ queries: [Query], rows: Int) async throws {
    let graph = try graph
    let made = try await graph.executeWrite { transaction in
      var made: Int64 = 0
      for query in queries {
        let counters = try await transaction.run(query).consume().counters
        made &+= counters.nodesCreated &+ counters.relationshipsCreated
      }
      return made
    }
    try self[JournalFile.self]?.append(
      JournalLine(
        id: message.id, redelivered: redelivered, rows: rows, made: Int(made),
        connections: graph.poolMetrics.reduce(0) { $0 &+ $1.created },
        conflicts: graph.transactionMetrics.retries.values.reduce(0, &+)))
  }
}
