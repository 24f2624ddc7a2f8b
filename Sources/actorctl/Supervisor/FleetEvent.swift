/// What the supervisor writes to its log, and whose numbers it shows.
enum FleetEvent: Sendable, Hashable {
  /// A worker process ended.
  case ended(slot: Int, Termination, wasAsked: Bool)
  /// It will be started again after a pause.
  case restarting(slot: Int, after: Duration, restarts: Int)
  /// The fleet begins to stop.
  case stopping(reason: StopReason)
  /// The children were asked a second time: they leave at once.
  case forcing
  /// A child did not leave in time and is killed.
  case killing(slot: Int)
  /// The reload begins.
  case reloading
  /// A new process took over from an old one, which now drains.
  case replaced(oldSlot: Int, newSlot: Int)
  /// Every process is new.
  case reloaded
  /// The reload was given up; the processes that had not been replaced go on.
  case reloadFailed(String)

  /// Why the fleet stops.
  enum StopReason: Sendable, Hashable {
    /// Somebody asked by a signal.
    case signal
    /// A child cannot start with this configuration: no restart would mend that.
    case hopeless(Termination)
  }

  /// Whether it is a sign of trouble.
  var isTrouble: Bool {
    switch self {
    case .ended(_, .exited(0), _), .ended(_, _, wasAsked: true), .restarting, .stopping(.signal), .reloading, .replaced,
      .reloaded:
      false
    case .ended, .stopping(.hopeless), .forcing, .killing, .reloadFailed: true
    }
  }
}
