import Synchronization

/// Collects the outcomes of one `publish` call; who waits for them is told once, by the last of them.
final class PublishBatch: Sendable {
  /// What is called with the outcomes, on the thread that brings the last one.
  typealias Completion = @Sendable ([PublishOutcome]) -> Void

  private struct State {
    /// The first by itself: most batches have only one, and need no array then.
    var first: PublishOutcome?
    var rest: [PublishOutcome?]
    var remaining: Int
    var completion: Completion?

    subscript(index: Int) -> PublishOutcome? {
      get { index == 0 ? first : rest[index - 1] }
      set { if index == 0 { first = newValue } else { rest[index - 1] = newValue } }
    }

    /// Everything, once everything is known.
    var all: [PublishOutcome] {
      guard let first else { return [] }
      return rest.isEmpty ? [first] : [first] + rest.compactMap(\.self)
    }
  }

  private let state: Lock<State>

  init(count: Int, completion: Completion? = nil) {
    let rest = count > 1 ? [PublishOutcome?](repeating: nil, count: count - 1) : []
    state = Lock(State(rest: rest, remaining: count, completion: completion))
  }

  func isResolved(_ index: Int) -> Bool { state.withLock { $0[index] != nil } }

  /// - Returns: Whether this was the first outcome at this place.
  func resolve(_ index: Int, _ outcome: PublishOutcome) -> Bool {
    let (isFirst, completion, outcomes) = state.withLock { state -> (Bool, Completion?, [PublishOutcome]) in
      guard state[index] == nil else { return (false, nil, []) }
      state[index] = outcome
      state.remaining -= 1
      guard state.remaining == 0, let completion = state.completion else { return (true, nil, []) }
      state.completion = nil
      return (true, completion, state.all)
    }
    completion?(outcomes)
    return isFirst
  }

  /// Waits until every outcome is known.
  func outcomes() async -> [PublishOutcome] {
    await withCheckedContinuation { continuation in
      let outcomes = state.withLock { state -> [PublishOutcome]? in
        if state.remaining == 0 { return state.all }
        state.completion = { continuation.resume(returning: $0) }
        return nil
      }
      if let outcomes { continuation.resume(returning: outcomes) }
    }
  }
}
