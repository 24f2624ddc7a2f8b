import Synchronization

extension Task where Failure == any Error {
  /// Waits for the end of a task that works for others as well. When the waiting task is cancelled it goes on without,
  /// and the task is left to the others.
  ///
  /// - Throws: What the task throws; `CancellationError` when the waiting task is cancelled.
  func valueUnlessCancelled() async throws -> Success {
    let race = Race()
    let watch = Task<Void, Never>.detached { race.finish(await self.result) }
    defer { watch.cancel() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { race.begin($0) }
    } onCancel: {
      race.finish(.failure(_Concurrency.CancellationError()))
    }
  }

  /// The first end counts.
  private final class Race: Sendable {
    private enum Phase {
      case unawaited
      case awaited(CheckedContinuation<Success, any Error>)
      case finished(Result<Success, any Error>)
      case over
    }

    private let phase = Lock(Phase.unawaited)

    func begin(_ continuation: CheckedContinuation<Success, any Error>) {
      let result = phase.withLock { phase -> Result<Success, any Error>? in
        guard case .finished(let result) = phase else {
          phase = .awaited(continuation)
          return nil
        }
        phase = .over
        return result
      }
      if let result { continuation.resume(with: result) }
    }

    func finish(_ result: Result<Success, any Error>) {
      let continuation = phase.withLock { phase -> CheckedContinuation<Success, any Error>? in
        switch phase {
        case .unawaited:
          phase = .finished(result)
          return nil
        case .awaited(let continuation):
          phase = .over
          return continuation
        case .finished, .over: return nil
        }
      }
      continuation?.resume(with: result)
    }
  }
}
