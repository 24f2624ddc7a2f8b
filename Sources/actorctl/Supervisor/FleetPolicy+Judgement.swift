/// What an exit means.
extension FleetPolicy {
  /// Codes with which a worker says that it cannot run as configured, whatever is tried.
  private static let hopelessCodes: Set<Int32> = [64, 77, 78]

  /// Whether no restart can help. Not reaching the broker in time is final only for a fleet that never reached it.
  func isHopeless(_ how: Termination, hasWorked: Bool) -> Bool {
    guard case .exited(let code) = how, !hasWorked else { return false }
    return Self.hopelessCodes.contains(code) || (code == 69 && !wasEverReady)
  }

  /// Whether the messages that a process was running when it ended are suspect. What we ended ourselves proves nothing.
  /// A worker that ends in order lists none, so the code does not matter: the message itself may have chosen it.
  static func isCrash(_ how: Termination, of child: Child) -> Bool {
    switch how {
    case .exited(let code):
      // 1 is how a worker leaves that was told twice to stop.
      !(code == 1 && child.timesAsked > 1)
    case .signalled(9): !child.isKilled
    case .signalled(let number): !(child.timesAsked > 0 && (number == 15 || number == 2))
    case .failedToStart: false
    }
  }

  /// What the end of a child says about how the fleet stopped.
  static func code(of how: Termination, _ child: Child, isForced: Bool) -> Int32 {
    switch how {
    case .exited(let code): code
    // It had not begun to handle signals yet, so it held no message.
    case .signalled(15) where child.timesAsked > 0: 0
    case .signalled(9) where child.isKilled: isForced ? 1 : 75
    case .signalled(let number): 128 &+ number
    case .failedToStart: 0
    }
  }

  /// The worse of two codes: a crash is worse than being forced, that is worse than a stuck message, that is worse than
  /// a drain deadline that passed.
  static func worse(_ left: Int32, _ right: Int32) -> Int32 {
    func rank(_ code: Int32) -> Int {
      switch code {
      case 0: 0
      case 75: 1
      case 70: 2
      case 1: 3
      default: 4
      }
    }
    return rank(right) > rank(left) ? right : left
  }
}
