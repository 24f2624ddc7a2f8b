import Actors
import Synchronization

/// A pause that somebody else may end.
final class Nap: Sendable {
  private struct State {
    var since = ContinuousClock.now
    var task: Task<Void, Never>?
    /// Whether somebody wanted it to end since the last one did.
    var isCalled = false
  }

  private let state = Lock(State())

  /// Sleeps; less when the task is cancelled or ``end(after:)`` is called.
  ///
  /// - Returns: Whether ``end(after:)`` was called, in this pause or since the one before.
  @discardableResult
  func sleep(for pause: Duration) async -> Bool {
    let task = Task { (try? await Task.sleep(for: pause)) ?? () }
    state.withLock { state in
      state.since = .now
      state.task = task
    }
    await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    return state.withLock { state in
      defer { state.isCalled = false }
      state.task = nil
      return state.isCalled
    }
  }

  /// Ends the pause, if it has lasted for `time` already.
  func end(after time: Duration) {
    let task = state.withLock { state in
      state.isCalled = true
      return ContinuousClock.now - state.since >= time ? state.task : nil
    }
    task?.cancel()
  }
}
