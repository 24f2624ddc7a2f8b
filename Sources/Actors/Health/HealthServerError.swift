/// The health port cannot be opened.
package struct HealthServerError: Error, Sendable, CustomStringConvertible {
  /// What kind of mistake.
  package struct Code: RawRepresentable, Hashable, Sendable {
    /// The name of the code.
    package let rawValue: String
    /// Makes a code from its name.
    package init(rawValue: String) { self.rawValue = rawValue }
    /// The text is no address.
    package static let invalidAddress = Code(rawValue: "invalidAddress")
    /// The operating system refuses the address.
    package static let cannotListen = Code(rawValue: "cannotListen")
  }

  /// What kind of mistake.
  package let code: Code
  /// What was expected, what came, and what to do.
  package let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  package var description: String { message }
}
