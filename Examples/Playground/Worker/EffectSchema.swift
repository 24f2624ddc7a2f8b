import Middleware
import Synchronization

/// The constraint on `(:Effect {key})`, without which two `MERGE`s at the same time may both make the node.
enum EffectSchema {
  private static let isReady = Atomic(false)

  /// Makes the constraint, once a process.
  ///
  /// - Throws: What the driver throws.
  static func prepare(_ graph: Driver) async throws {
    if isReady.load(ordering: .relaxed) { return }
    try await graph.executeQuery(
      "CREATE CONSTRAINT effect_key IF NOT EXISTS FOR (e:Effect) REQUIRE e.key IS UNIQUE")
    isReady.store(true, ordering: .relaxed)
  }
}
