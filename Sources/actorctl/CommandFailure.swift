import Actors

/// Ends a command: a message for stderr and an exit code.
struct CommandFailure: Error, Sendable, CustomStringConvertible {
  /// The exit codes of `actorctl`; after `sysexits.h` where that has one.
  struct Code: RawRepresentable, Hashable, Sendable {
    let rawValue: Int32

    /// Some items failed; the message says which.
    static let itemsFailed = Code(rawValue: 1)
    /// Not confirmed by the user.
    static let refused = Code(rawValue: 2)
    /// The pid file cannot be made.
    static let pidFile = Code(rawValue: 4)
    /// The command line is wrong.
    static let usage = Code(rawValue: 64)
    /// The data given are wrong.
    static let data = Code(rawValue: 65)
    /// What was named does not exist.
    static let notFound = Code(rawValue: 66)
    /// The broker cannot be reached.
    static let unavailable = Code(rawValue: 69)
    /// A bug.
    static let `internal` = Code(rawValue: 70)
    /// It took too long; it may be tried again.
    static let timeout = Code(rawValue: 75)
    /// Not allowed.
    static let permission = Code(rawValue: 77)
    /// The configuration cannot be used.
    static let configuration = Code(rawValue: 78)
  }

  /// The exit code.
  let code: Code
  /// What was expected, what came, and what to do.
  let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  var description: String { message }
}
