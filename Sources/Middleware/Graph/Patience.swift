import BoltDriver

/// Runs work that may take too long.
enum Patience {
  /// Runs `body`; cancels it, and waits for its end, when `limit` has passed.
  ///
  /// - Throws: What `body` throws; `BoltError` (`serviceUnavailable`) when it was cancelled for taking too long.
  static func run(_ limit: Duration, _ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await body()
        return true
      }
      group.addTask {
        try? await Task.sleep(for: limit)
        return false
      }
      let isDone = try await group.next() ?? false
      group.cancelAll()
      if !isDone { throw BoltError(.serviceUnavailable, "no answer within \(limit)") }
    }
  }
}
