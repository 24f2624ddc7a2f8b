import Synchronization

/// Fetches routing tables: one fetch at a time for the same question, whoever asks it.
final class RoutingTableRefreshes: Sendable {
  /// A question: the same database, asked as the same user.
  struct Key: Sendable, Hashable {
    let database: String?
    let impersonatedUser: String?
    let auth: AuthToken?
  }

  private struct State {
    var fetches: [Key: (number: UInt64, task: Task<RoutingTable, any Error>)] = [:]
    var lastNumber: UInt64 = 0
  }

  private let state = Lock(State())

  /// Joins the fetch under way, or begins one.
  ///
  /// - Parameters:
  ///   - key: The question.
  ///   - fetch: Fetches the table. It belongs to nobody who waits: one who is cancelled does not spoil it for the others.
  /// - Throws: What `fetch` throws; `CancellationError`.
  func table(
    _ key: Key, _ fetch: @escaping @Sendable () async throws -> RoutingTable
  ) async throws -> RoutingTable {
    try await begin(key, fetch).valueUnlessCancelled()
  }

  /// Cancels all fetches.
  func cancel() {
    for fetch in state.withLock({ Array($0.fetches.values) }) { fetch.task.cancel() }
  }

  private func begin(
    _ key: Key, _ fetch: @escaping @Sendable () async throws -> RoutingTable
  ) -> Task<RoutingTable, any Error> {
    state.withLock { state in
      if let fetch = state.fetches[key] { return fetch.task }
      state.lastNumber += 1
      let number = state.lastNumber
      let task = Task.detached { [self] in
        defer { end(key, number) }
        return try await fetch()
      }
      state.fetches[key] = (number, task)
      return task
    }
  }

  private func end(_ key: Key, _ number: UInt64) {
    state.withLock { state in if state.fetches[key]?.number == number { state.fetches[key] = nil } }
  }
}
