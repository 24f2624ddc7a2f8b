import Synchronization

/// Collects the outcomes of one `publish` call; who waits for them is told once, by the last of them.
final class PublishBatch: Sendable {
  /// What is called with the outcomes, on the thread that brings the last one.
  typealias Completion = @Sendable ([PublishOutcome]) -> Void

  private struct State {
    var outcomes: [PublishOutcome?]
    var remaining: Int
    var completion: Completion?
  }

  private let state: Lock<State>

  init(count: Int, completion: Completion? = nil) {
    state = Lock(State(outcomes: Array(repeating: nil, count: count), remaining: count, completion: completion))
  }

  func isResolved(_ index: Int) -> Bool { state.withLock { $0.outcomes[index] != nil } }

  /// - Returns: Whether this was the first outcome at this place.
  func resolve(_ index: Int, _ outcome: PublishOutcome) -> Bool {
    let (isFirst, completion, outcomes) = state.withLock { state -> (Bool, Completion?, [PublishOutcome]) in
      guard state.outcomes[index] == nil else { return (false, nil, []) }
      state.outcomes[index] = outcome
      state.remaining -= 1
      guard state.remaining == 0, let completion = state.completion else { return (true, nil, []) }
      state.completion = nil
      return (true, completion, state.outcomes.compactMap { $0 })
    }
    completion?(outcomes)
    return isFirst
  }

  /// Waits until every outcome is known.
  func outcomes() async -> [PublishOutcome] {
    await withCheckedContinuation { continuation in
      let outcomes = state.withLock { state -> [PublishOutcome]? in
        if state.remaining == 0 { return state.outcomes.compactMap { $0 } }
        state.completion = { continuation.resume(returning: $0) }
        return nil
      }
      if let outcomes { continuation.resume(returning: outcomes) }
    }
  }
}
