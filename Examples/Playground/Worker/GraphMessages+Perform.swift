package import Actors
import Middleware
package import PlaygroundMessages

extension GraphPing: MessageActor {
  package func perform(in context: MessageContext) async throws -> Int {
    try await journalled(in: context) {
      let result = try await context.graph.executeQuery("RETURN 1 AS one", accessMode: .read)
      guard let record = result.records.first else { throw PlaygroundError("RETURN 1 returned nothing") }
      return try record.get("one", as: Int.self)
    }
  }
}

extension GraphMerge: MessageActor {
  package func perform(in context: MessageContext) async throws -> Int {
    try await journalled(.string(key), in: context) {
      let graph = try context.graph
      try await EffectSchema.prepare(graph)
      // Idempotent it is not, on purpose: the count tells how often the message took effect.
      return try await graph.executeWrite { transaction in
        let records = try await transaction.run(
          "MERGE (e:Effect {key: \(key)}) SET e.count = coalesce(e.count, 0) + 1 RETURN e.count AS count"
        ).collect()
        guard let record = records.first else { throw PlaygroundError("MERGE returned nothing") }
        return try record.get("count", as: Int.self)
      }
    }
  }
}
