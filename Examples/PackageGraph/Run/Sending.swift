import Actors
import PackageIndex

/// Sends the index: one message a stanza, in batches whose confirms are pipelined.
enum Sending {
  /// Sends the first `limit` stanzas of an index.
  ///
  /// - Returns: The ids of the messages, every one confirmed by the broker.
  /// - Throws: ``IndexError``, or `SendError` when the broker did not confirm.
  static func send(index path: String, limit: Int) async throws -> [String] {
    let reader = try StanzaReader(path: path)
    var ids: [String] = []
    while ids.count < limit {
      var batch: [PackageStanza] = []
      while batch.count < min(500, limit - ids.count), let stanza = try reader.next() { batch.append(stanza) }
      if batch.isEmpty { break }
      ids += try await PackageStanza.send(contentsOf: batch).map(\.id)
    }
    return ids
  }
}
