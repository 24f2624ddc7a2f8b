import Actors
import Synchronization

/// A slot that remembers what was asked of it.
final class RecordingRun: MessageRun {
  enum Call: Equatable, Sendable {
    case limit(Duration?, grace: Duration, hardLimit: Duration)
    case notify
  }

  private let state = Lock<[Call]>([])
  let interruption: Interruption?

  init(interruption: Interruption? = nil) { self.interruption = interruption }

  var calls: [Call] { state.withLock { $0 } }
  /// The limits that were armed, without the disarming ones.
  var armed: [Duration] {
    calls.compactMap { if case .limit(let limit, _, _) = $0 { limit } else { nil } }
  }

  func setTimeLimit(_ limit: Duration?, grace: Duration, hardLimit: Duration) {
    state.withLock { $0.append(.limit(limit, grace: grace, hardLimit: hardLimit)) }
  }

  func notifyOnShutdown() { state.withLock { $0.append(.notify) } }
}
