/// A body is no message: no retry can mend that.
public struct MessageDecodingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of fault.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name of the code.
    public let rawValue: String
    /// Makes a code from its name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// The body is not JSON.
    public static let syntax = Code(rawValue: "syntax")
    /// The body is JSON, but no object.
    public static let notAnObject = Code(rawValue: "notAnObject")
    /// A field that every message has is not there.
    public static let missingKey = Code(rawValue: "missingKey")
    /// The envelope has a field that no message has.
    public static let unknownKey = Code(rawValue: "unknownKey")
    /// The envelope, the options or the keyword arguments name something twice.
    public static let duplicateKey = Code(rawValue: "duplicateKey")
    /// A field has a value of the wrong type, or out of its range.
    public static let wrongType = Code(rawValue: "wrongType")
    /// The body nests deeper than ``DecodingLimits/maxDepth``.
    public static let depth = Code(rawValue: "depth")
    /// The body is larger than ``DecodingLimits/maxBodySize``.
    public static let tooLarge = Code(rawValue: "tooLarge")
    /// A string of the body is not valid UTF-8.
    public static let invalidUTF8 = Code(rawValue: "invalidUTF8")
  }

  /// What kind of fault.
  public let code: Code
  /// The offset in the body of the byte at fault.
  public let offset: Int
  /// What was expected and what came; text from the body is cut short and its control characters are escaped.
  public let message: String

  init(_ code: Code, at offset: Int, _ message: String) {
    self.code = code
    self.offset = offset
    self.message = message
  }

  init(_ error: JSONSyntaxError) {
    let code: Code =
      switch error.code {
      case .depth: .depth
      case .invalidUTF8: .invalidUTF8
      default: .syntax
      }
    self.init(code, at: error.offset, error.description)
  }

  /// The code and the message.
  public var description: String { "invalid message (\(code.rawValue)): \(message)" }
}
