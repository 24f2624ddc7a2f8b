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
    case .known(let table): return table
    case .begun(let task): return try await task.valueUnlessCancelled()
    case .joined(let task):
      do {
        return try await task.valueUnlessCancelled()
      } catch let error as BoltError where error.code == .databaseNotFound {
        // It was asked with the bookmarks of another, who may not have known of the database that was made just now.
        return try await begin(key, known, fetch).table()
      }
    }
  }

  /// Cancels all fetches.
  func cancel() {
    for fetch in state.withLock({ Array($0.fetches.values) }) { fetch.task.cancel() }
  }

  private enum Source {
    case known(RoutingTable)
    case begun(Task<RoutingTable, any Error>)
    case joined(Task<RoutingTable, any Error>)

    func table() async throws -> RoutingTable {
      switch self {
      case .known(let table): table
      case .begun(let task), .joined(let task): try await task.valueUnlessCancelled()
      }
    }
  }

  private func begin(
    _ key: Key, _ known: () -> RoutingTable?, _ fetch: @escaping @Sendable () async throws -> RoutingTable
  ) -> Source {
    state.withLock { state in
      if let fetch = state.fetches[key] { return .joined(fetch.task) }
      if let table = known() { return .known(table) }
      state.lastNumber += 1
      let number = state.lastNumber
      let task = Task.detached { [self] in
        defer { end(key, number) }
        return try await fetch()
      }
      state.fetches[key] = (number, task)
      return .begun(task)
    }
  }

  private func end(_ key: Key, _ number: UInt64) {
    state.withLock { state in if state.fetches[key]?.number == number { state.fetches[key] = nil } }
  }
}
