/// How a worker ended; the raw value is the exit code of the process.
public enum WorkerExit: Int32, Sendable, CaseIterable, CustomStringConvertible {
  /// Every running message ended and was settled (also after a recycle by `maxTasks` or `maxRSS`).
  case drained = 0
  /// A second signal cut the drain short; nothing was acknowledged after it.
  case forced = 1
  /// The command line cannot be used.
  case usage = 64
  /// The broker was not reached within the connect timeout, or a middleware could not open what it needs.
  case cannotConnect = 69
  /// A message ran past its hard limit, and only the end of the process could stop it.
  case stuck = 70
  /// The drain deadline passed with messages still running; they were given back to their queues.
  case drainDeadline = 75
  /// The configuration cannot be used: restarting would not help.
  case configuration = 78

  /// In words.
  public var description: String {
    switch self {
    case .drained: "drained"
    case .forced: "forced to end by a second signal"
    case .usage: "wrong usage"
    case .cannotConnect: "could not reach the broker, or what a middleware needs"
    case .stuck: "a message ran past its hard limit"
    case .drainDeadline: "the drain deadline passed with messages still running"
    case .configuration: "the configuration cannot be used"
    }
  }
}
