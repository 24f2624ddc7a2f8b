/// How a child process ended.
enum Termination: Sendable, Hashable, CustomStringConvertible {
  /// It left with this exit code.
  case exited(Int32)
  /// This signal ended it.
  case signalled(Int32)
  /// It could not be started.
  case failedToStart(String)

  /// In words, for logs.
  var description: String {
    switch self {
    case .exited(let code): "exit code \(code)\(Self.meaning(of: code).map { " (\($0))" } ?? "")"
    case .signalled(let number): "signal \(number)\(Self.signalNames[number].map { " (\($0))" } ?? "")"
    case .failedToStart(let why): "could not be started: \(why)"
    }
  }

  private static func meaning(of code: Int32) -> String? {
    switch code {
    case 0: "drained"
    case 64: "usage"
    case 69: "broker not reached in time"
    case 70: "left because a message was stuck"
    case 75: "drain deadline passed"
    case 78: "configuration"
    default: nil
    }
  }

  private static let signalNames: [Int32: String] = [
    1: "HUP", 2: "INT", 3: "QUIT", 4: "ILL", 5: "TRAP", 6: "ABRT", 7: "BUS", 8: "FPE", 9: "KILL", 11: "SEGV",
    13: "PIPE",
    15: "TERM", 24: "XCPU", 31: "SYS",
  ]
}
