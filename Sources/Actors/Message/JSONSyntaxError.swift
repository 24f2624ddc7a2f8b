/// A text is no JSON, or nests too deep.
public struct JSONSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of fault.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name of the code.
    public let rawValue: String
    /// Makes a code from its name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// The text breaks the grammar of RFC 8259 (or its few extensions: `NaN`, `Infinity`, `-Infinity`).
    public static let syntax = Code(rawValue: "syntax")
    /// More containers are open at once than allowed.
    public static let depth = Code(rawValue: "depth")
    /// A string is not valid UTF-8.
    public static let invalidUTF8 = Code(rawValue: "invalidUTF8")
  }

  /// What the scanner stumbled over; a byte, so that throwing costs nothing on the way of a valid text.
  enum Reason: UInt8, Sendable {
    case value, key, colon, commaOrEnd, number, literal, escape, control, end, quote, depth, utf8
  }

  /// The offset of the first byte that cannot be right, counted from the start of the text.
  public let offset: Int
  let reason: Reason
  /// The byte found there; nil at the end of the text.
  let found: UInt8?

  /// What kind of fault.
  public var code: Code {
    switch reason {
    case .depth: .depth
    case .utf8: .invalidUTF8
    default: .syntax
    }
  }

  /// What was expected, what came, and where.
  public var description: String {
    switch reason {
    case .depth: return "at byte \(offset): nested too deep"
    case .utf8: return "at byte \(offset): a string is not valid UTF-8"
    default: return "at byte \(offset): expected \(expectation), got \(foundText)"
    }
  }

  private var expectation: String {
    switch reason {
    case .value: "a JSON value"
    case .key: "a string as key"
    case .colon: "':'"
    case .commaOrEnd: "',' or the end of the array or object"
    case .number: "a digit"
    case .literal: "true, false, null, NaN or Infinity"
    case .escape: "an escape that JSON knows"
    case .control: "a control character to be escaped"
    case .end: "the end of the text"
    case .quote: "a closing '\"'"
    case .depth, .utf8: ""
    }
  }

  private var foundText: String {
    guard let found else { return "the end" }
    if (0x21...0x7E).contains(found) { return "'\(Character(Unicode.Scalar(found)))'" }
    let digits = String(found, radix: 16)
    return "byte 0x" + (digits.count < 2 ? "0" : "") + digits
  }
}
