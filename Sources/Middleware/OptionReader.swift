import Actors
import Logging

/// Reads a message's own options by Python's rules, which decide in dramatiq what an option means.
///
/// Whoever could publish could write them: a value of a wrong type counts as absent, with one warning.
struct OptionReader {
  private let context: MessageContext
  private let options: MessageOptions
  private let log: MiddlewareLog

  /// A reader; nil when the message has no options, which is the usual case and must cost nothing.
  init?(_ context: MessageContext, log: MiddlewareLog) { self.init(context.options, in: context, log: log) }

  /// A reader of the options of another message that `context` has to do with; nil when it has none.
  init?(_ options: MessageOptions, in context: MessageContext, log: MiddlewareLog) {
    if options.isEmpty { return nil }
    self.context = context
    self.options = options
    self.log = log
  }

  /// The number of an option that counts whenever it is present, zero included. `true` and `false` are numbers in
  /// Python.
  func number(_ name: String) -> Double? {
    guard let value = options[name] else { return nil }
    if let number = value.doubleValue, !number.isNaN { return number }
    if let bool = value.boolValue { return bool ? 1 : 0 }
    warn(name, expected: "a number", found: value)
    return nil
  }

  /// The number of an option that counts only when Python takes it for true.
  func truthyNumber(_ name: String) -> Double? { isTruthy(name) ? number(name) : nil }

  /// The text of an option that counts only when Python takes it for true.
  func truthyString(_ name: String) -> String? {
    guard let value = options[name], value.isTruthy else { return nil }
    if let string = value.stringValue { return string }
    warn(name, expected: "a string", found: value)
    return nil
  }

  /// A count: a whole number that is not negative. Anything else counts as absent.
  func count(_ name: String) -> Int64? {
    guard let value = options[name] else { return nil }
    if let count = value.integerValue, count >= 0 { return count }
    warn(name, expected: "a whole number of at least 0", found: value)
    return nil
  }

  /// Whether Python takes the option for true; false when it is absent.
  func isTruthy(_ name: String) -> Bool { options[name]?.isTruthy ?? false }

  /// The option as it stands.
  subscript(name: String) -> JSONText? { options[name] }

  private func warn(_ name: String, expected: String, found value: JSONText) {
    log(.warning, "option \(name) is ignored: expected \(expected), got \(Self.kind(of: value))", about: context)
  }

  /// What came, without its content: that is nobody's business in a log.
  private static func kind(of value: JSONText) -> String {
    if value.isNull { return "null" }
    if value.isArray { return "an array" }
    if value.isObject { return "an object" }
    if value.boolValue != nil { return "a bool" }
    if let number = value.doubleValue { return number.isNaN ? "NaN" : "a number" }
    return value.stringValue == nil ? "a string with half a surrogate pair" : "a string"
  }
}
