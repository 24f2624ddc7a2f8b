import Synchronization

/// Collects the outcomes of one `publish` call; its caller is resumed once, by the last of them.
final class PublishBatch: Sendable {
  private struct State {
    var outcomes: [PublishOutcome?]
    var remaining: Int
    var waiter: CheckedContinuation<[PublishOutcome], Never>?
  }

  private let state: Lock<State>

  init(count: Int) {
    state = Lock(State(outcomes: Array(repeating: nil, count: count), remaining: count))
  }

  func isResolved(_ index: Int) -> Bool { state.withLock { $0.outcomes[index] != nil } }

  /// - Returns: Whether this was the first outcome at this place.
  func resolve(_ index: Int, _ outcome: PublishOutcome) -> Bool {
    let (isFirst, waiter, outcomes) = state.withLock {
      state -> (Bool, CheckedContinuation<[PublishOutcome], Never>?, [PublishOutcome]) in
      guard state.outcomes[index] == nil else { return (false, nil, []) }
      state.outcomes[index] = outcome
      state.remaining -= 1
      guard state.remaining == 0, let waiter = state.waiter else { return (true, nil, []) }
      state.waiter = nil
      return (true, waiter, state.outcomes.compactMap { $0 })
    }
    waiter?.resume(returning: outcomes)
    return isFirst
  }

  /// Waits until every outcome is known.
  func outcomes() async -> [PublishOutcome] {
    await withCheckedContinuation { continuation in
      let outcomes = state.withLock { state -> [PublishOutcome]? in
        if state.remaining == 0 { return state.outcomes.compactMap { $0 } }
        state.waiter = continuation
        return nil
      }
      if let outcomes { continuation.resume(returning: outcomes) }
    }
  }
}
