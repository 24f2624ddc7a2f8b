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

  /// Joins the fetch under way, or begins one, unless none is needed.
  ///
  /// - Parameters:
  ///   - key: The question.
  ///   - known: The table that makes a fetch needless; nil when there is none. Asked when no fetch is under way, with
  ///     none able to begin or to end meanwhile: whoever found the table too old before it was renewed does not renew it
  ///     once more.
  ///   - fetch: Fetches the table. It belongs to nobody who waits: one who is cancelled does not spoil it for the others.
  /// - Throws: What `fetch` throws; `CancellationError`.
  func table(
    _ key: Key, known: () -> RoutingTable?, fetch: @escaping @Sendable () async throws -> RoutingTable
  ) async throws -> RoutingTable {
    switch begin(key, known, fetch) {
    case .known(let table): table
    case .fetched(let task): try await task.valueUnlessCancelled()
    }
  }

  /// Cancels all fetches.
  func cancel() {
    for fetch in state.withLock({ Array($0.fetches.values) }) { fetch.task.cancel() }
  }

  private enum Source {
    case known(RoutingTable)
    case fetched(Task<RoutingTable, any Error>)
  }

  private func begin(
    _ key: Key, _ known: () -> RoutingTable?, _ fetch: @escaping @Sendable () async throws -> RoutingTable
  ) -> Source {
    state.withLock { state in
      if let fetch = state.fetches[key] { return .fetched(fetch.task) }
      if let table = known() { return .known(table) }
      state.lastNumber += 1
      let number = state.lastNumber
      let task = Task.detached { [self] in
        defer { end(key, number) }
        return try await fetch()
      }
      state.fetches[key] = (number, task)
      return .fetched(task)
    }
  }

  private func end(_ key: Key, _ number: UInt64) {
    state.withLock { state in if state.fetches[key]?.number == number { state.fetches[key] = nil } }
  }
}
