import Synchronization

/// Waits for a task that belongs to nobody in particular, for as long as the one who waits likes to.
enum Deadline {
  /// Waits for the end of a task; at the deadline, and when the waiting task is cancelled, it goes on without.
  ///
  /// - Throws: What the task throws; what `late` makes at the deadline; `CancellationError`.
  static func wait<Value: Sendable>(
    for task: Task<Value, any Error>, until deadline: ContinuousClock.Instant, late: @escaping @Sendable () -> BoltError
  ) async throws -> Value {
    let race = Race<Value>()
    let watch = Task.detached {
      let result = await task.result
      race.finish(result)
    }
    let timer = Task.detached {
      try await Task.sleep(until: deadline, clock: .continuous)
      race.finish(.failure(late()))
    }
    defer {
      timer.cancel()
      watch.cancel()
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { race.begin($0) }
    } onCancel: {
      race.finish(.failure(CancellationError()))
    }
  }

  /// The first end counts.
  private final class Race<Value: Sendable>: Sendable {
    private enum Phase {
      case unawaited
      case awaited(CheckedContinuation<Value, any Error>)
      case finished(Result<Value, any Error>)
      case over
    }

    private let phase = Lock(Phase.unawaited)

    func begin(_ continuation: CheckedContinuation<Value, any Error>) {
      let result = phase.withLock { phase -> Result<Value, any Error>? in
        guard case .finished(let result) = phase else {
          phase = .awaited(continuation)
          return nil
        }
        phase = .over
        return result
      }
      if let result { continuation.resume(with: result) }
    }

    func finish(_ result: Result<Value, any Error>) {
      let continuation = phase.withLock { phase -> CheckedContinuation<Value, any Error>? in
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
