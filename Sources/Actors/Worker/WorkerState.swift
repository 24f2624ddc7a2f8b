/// What a worker process is doing, as its state file tells it.
package enum WorkerState: UInt32, Sendable, CustomStringConvertible {
  /// Opening what the middleware needs, connecting for the first time.
  case starting = 1
  /// Every queue has a consumer.
  case consuming = 2
  /// Some queue has no consumer; the reason says why.
  case degraded = 3
  /// Asked to stop; running messages go on.
  case draining = 4
  /// Ended in order: what a state file in this state lists was not killed by a crash.
  case stopped = 5

  /// In a word.
  package var description: String {
    switch self {
    case .starting: "starting"
    case .consuming: "consuming"
    case .degraded: "degraded"
    case .draining: "draining"
    case .stopped: "stopped"
    }
  }
}
