import NIOCore
import Synchronization

/// Collects the answers to a few requests that are sent together, and lets one task wait for all of them.
final class ReplyCollector: ResponseSink {
  private struct State {
    var left: Int
    var answers: [[String: BoltValue]] = []
    var failure: (any Error)?
    var waiter: CheckedContinuation<[[String: BoltValue]], any Error>?
  }

  private let state: Lock<State>

  /// - Parameter count: How many requests are to be answered.
  init(count: Int) { state = Lock(State(left: count)) }

  func receive(_ records: [ByteBuffer]) {}

  func complete(_ kind: BoltRequest.Kind, _ outcome: Result<[String: BoltValue], BoltError>) {
    state.withLock { state in
      state.left -= 1
      switch outcome {
      case .success(let metadata): state.answers.append(metadata)
      case .failure(let error): if state.failure == nil { state.failure = error }
      }
    }
  }

  func wake() {
    let (waiter, result) = state.withLock { state in
      guard state.left <= 0, let waiter = state.waiter else { return (Waiter?.none, Self.result(of: state)) }
      state.waiter = nil
      return (waiter, Self.result(of: state))
    }
    waiter?.resume(with: result)
  }

  /// The metadata of all answers, in the order of the requests.
  ///
  /// - Throws: The error of the first request that failed; `CancellationError` when the task is cancelled first.
  func answers() async throws -> [[String: BoltValue]] {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let result = state.withLock { state -> Result<[[String: BoltValue]], any Error>? in
          if state.left <= 0 { return Self.result(of: state) }
          if Task.isCancelled { return .failure(CancellationError()) }
          state.waiter = continuation
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }
      waiter?.resume(throwing: CancellationError())
    }
  }

  private typealias Waiter = CheckedContinuation<[[String: BoltValue]], any Error>

  private static func result(of state: State) -> Result<[[String: BoltValue]], any Error> {
    state.failure.map { .failure($0) } ?? .success(state.answers)
  }
}
