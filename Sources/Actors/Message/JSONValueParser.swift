/// Builds a ``JSONValue`` from validated text.
enum JSONValueParser {
  /// Why a text has no value.
  enum Fault: Error {
    case syntax(JSONSyntaxError)
    /// A string holds half a surrogate pair, at that offset.
    case loneSurrogate(Int)
  }

  /// The value at the scanner's position.
  ///
  /// - Parameter repairing: Whether half a surrogate pair becomes U+FFFD instead of a fault.
  static func value(_ scanner: inout JSONScanner, repairing: Bool) throws(Fault) -> JSONValue {
    switch scanner.current {
    case UInt8(ascii: "["): return .array(try elements(&scanner, repairing: repairing))
    case UInt8(ascii: "{"): return .object(try members(&scanner, repairing: repairing))
    case UInt8(ascii: "\""): return .string(try string(&scanner, repairing: repairing))
    default: return try scalar(&scanner)
    }
  }

  private static func scalar(_ scanner: inout JSONScanner) throws(Fault) -> JSONValue {
    let start = scanner.position
    try check { () throws(JSONSyntaxError) in try scanner.skipScalar() }
    switch scanner.bytes[start] {
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "t"): return .bool(true)
    case UInt8(ascii: "f"): return .bool(false)
    default:
      let number = UnsafeBufferPointer(rebasing: scanner.bytes[start..<scanner.position])
      return .number(String(decoding: number, as: UTF8.self))
    }
  }

  private static func string(_ scanner: inout JSONScanner, repairing: Bool) throws(Fault) -> String {
    let span = try check { () throws(JSONSyntaxError) in try scanner.skipString() }
    if let string = scanner.string(span) { return string }
    guard repairing else { throw .loneSurrogate(span.start) }
    return scanner.repairedString(span)
  }

  private static func elements(_ scanner: inout JSONScanner, repairing: Bool) throws(Fault) -> [JSONValue] {
    var elements: [JSONValue] = []
    scanner.position += 1
    scanner.skipWhitespace()
    if scanner.take(UInt8(ascii: "]")) { return elements }
    repeat {
      scanner.skipWhitespace()
      elements.append(try value(&scanner, repairing: repairing))
      scanner.skipWhitespace()
    } while scanner.take(UInt8(ascii: ","))
    guard scanner.take(UInt8(ascii: "]")) else { throw .syntax(scanner.failure(.commaOrEnd)) }
    return elements
  }

  private static func members(_ scanner: inout JSONScanner, repairing: Bool) throws(Fault) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    scanner.position += 1
    scanner.skipWhitespace()
    if scanner.take(UInt8(ascii: "}")) { return members }
    repeat {
      scanner.skipWhitespace()
      guard scanner.current == UInt8(ascii: "\"") else { throw .syntax(scanner.failure(.key)) }
      let key = try string(&scanner, repairing: repairing)
      scanner.skipWhitespace()
      guard scanner.take(UInt8(ascii: ":")) else { throw .syntax(scanner.failure(.colon)) }
      scanner.skipWhitespace()
      members.append(JSONValue.Member(key: key, value: try value(&scanner, repairing: repairing)))
      scanner.skipWhitespace()
    } while scanner.take(UInt8(ascii: ","))
    guard scanner.take(UInt8(ascii: "}")) else { throw .syntax(scanner.failure(.commaOrEnd)) }
    return members
  }

  private static func check<R>(_ step: () throws(JSONSyntaxError) -> R) throws(Fault) -> R {
    do { return try step() } catch { throw .syntax(error) }
  }
}
