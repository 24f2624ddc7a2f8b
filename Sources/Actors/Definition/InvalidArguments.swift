/// The arguments of a message do not fit its actor: no retry can mend that.
public struct InvalidArguments: Error, Sendable, CustomStringConvertible {
  /// Which argument, what was expected, and what came.
  public let message: String
  /// Makes the error.
  public init(_ message: String) { self.message = message }
  /// In words.
  public var description: String { "InvalidArguments: \(message)" }
}
