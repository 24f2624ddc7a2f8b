import Actors
import PackageIndex

/// The load: first the messages that make the nodes, and when all are done those that make the relations.
struct Load {
  /// How many nodes one message makes.
  static let nodesPerMessage = 1000
  /// How many packages' relations one message makes: some 850 relations, for which the graph takes a tenth of a second.
  static let packagesPerMessage = 100

  let index: String
  let limit: Int
  var watch: Watch

  init(index: String, limit: Int, watch: Watch) {
    self.index = index
    self.limit = limit
    self.watch = watch
  }

  /// Sends everything and returns when it is done, or when nothing has happened for a while.
  ///
  /// - Throws: ``IndexError``, ``MalformedRelation``, or `SendError` when the broker did not confirm.
  mutating func run() async throws {
    watch.start()
    let names = try IndexNames(index: index, limit: limit).messages(of: Self.nodesPerMessage)
    watch.expect(try await AddNames.send(contentsOf: names).map(\.id))
    try await forEachBatch(of: Self.nodesPerMessage) { packages in
      try await AddPackages(packages: packages.map(\.head)).send().id
    }
    guard try await watch.untilDone() else { return }
    try await forEachBatch(of: Self.packagesPerMessage) { packages in
      try await AddRelations(packages: packages).send().id
    }
    _ = try await watch.untilDone()
  }

  private mutating func forEachBatch(
    of size: Int, send: ([PackageStanza]) async throws -> String
  ) async throws {
    let reader = try StanzaReader(path: index)
    var count = 0
    while count < limit {
      var batch: [PackageStanza] = []
      while batch.count < min(size, limit - count), let stanza = try reader.next() { batch.append(stanza) }
      if batch.isEmpty { return }
      count += batch.count
      watch.expect([try await send(batch)])
      try watch.look()
    }
  }
}
