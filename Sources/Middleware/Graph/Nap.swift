import Actors
import Synchronization

/// A pause that somebody else may end.
final class Nap: Sendable {
  private struct State {
    var since = ContinuousClock.now
    var task: Task<Bool, Never>?
  }

  private let state = Lock(State())

  /// Sleeps; less when the task is cancelled or ``end(after:)`` is called.
  ///
  /// - Returns: Whether it was less.
  @discardableResult
  func sleep(for pause: Duration) async -> Bool {
    let task = Task { (try? await Task.sleep(for: pause)) == nil }
    state.withLock { $0 = State(since: .now, task: task) }
    let wasCut = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    state.withLock { $0.task = nil }
    return wasCut
  }

  /// Ends the pause, if it has lasted for `time` already.
  func end(after time: Duration) {
    state.withLock { state in ContinuousClock.now - state.since >= time ? state.task : nil }?.cancel()
  }
}
