/// A label, relationship type, property name or variable, made safe to stand in the text of a query.
///
/// Cypher takes no parameters in these places, so names that come from outside have to be quoted. This type does it
/// whatever the name holds: what comes out of ``escaped`` is one name in backticks, and can never be read as anything
/// more.
///
/// ```swift
/// try await session.run("MATCH (n:\(label: untrusted)) RETURN count(n)")
/// ```
public struct CypherIdentifier: Sendable, Hashable, CustomStringConvertible {
  /// The name as the server will know it.
  public let name: String

  /// Checks a name.
  ///
  /// Servers that read `\u0060` in a query as a backtick do so before they look for the end of a name. Such escapes are
  /// therefore replaced by the characters they stand for, as those servers would, and what results is the ``name``.
  ///
  /// - Throws: ``BoltError`` (`invalidIdentifier`) for what no server can store or all do not read alike: the empty
  ///   name, one with a NUL, one with an escape that stands for no character, one with a backslash before a backtick or
  ///   at the end.
  public init(_ name: String) throws {
    let name = try Self.withoutUnicodeEscapes(name)
    func require(_ condition: Bool, _ why: String) throws {
      if !condition { throw BoltError(.invalidIdentifier, "not a name for Cypher: \(why)") }
    }
    try require(!name.isEmpty, "it is empty")
    var last: UInt8 = 0
    for byte in name.utf8 {
      try require(byte != 0, "it holds a NUL")
      try require(byte != Self.backtick || last != Self.backslash, "it holds a backslash before a backtick")
      last = byte
    }
    try require(last != Self.backslash, "it ends in a backslash")
    self.name = name
  }

  /// The name in backticks, for the text of a query.
  public var escaped: String {
    var bytes: [UInt8] = [Self.backtick]
    bytes.reserveCapacity(name.utf8.count + 2)
    for byte in name.utf8 {
      if byte == Self.backtick { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(Self.backtick)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// As ``escaped``.
  public var description: String { escaped }

  private static let backtick = UInt8(ascii: "`")
  private static let backslash = UInt8(ascii: "\\")

  /// Replaces `\uXXXX` (any number of `u`) by what it stands for, again and again until none is left: what one
  /// replacement leaves behind may read as an escape to a server that looks twice.
  private static func withoutUnicodeEscapes(_ text: String) throws -> String {
    guard text.utf8.contains(backslash) else { return text }
    var result: [UInt16] = []
    result.reserveCapacity(text.utf16.count)
    for unit in text.utf16 {
      result.append(unit)
      // The unit just added may complete an escape, whose character may complete another.
      while let escape = trailingEscape(of: result) {
        result.removeLast(escape.length)
        result.append(escape.unit)
      }
    }
    guard let name = String(validating: result, as: UTF16.self) else {
      throw BoltError(.invalidIdentifier, "not a name for Cypher: an escape in it stands for no character")
    }
    return name
  }

  /// The escape that `units` ends in, if it does.
  private static func trailingEscape(of units: [UInt16]) -> (length: Int, unit: UInt16)? {
    guard units.count >= 6 else { return nil }
    var unit: UInt16 = 0
    for digit in units.suffix(4) {
      guard digit < 0x80, let value = Character(Unicode.Scalar(UInt8(digit))).hexDigitValue else { return nil }
      unit = unit << 4 | UInt16(value)
    }
    var start = units.count - 4
    while start > 0, units[start - 1] == UInt16(UInt8(ascii: "u")) { start -= 1 }
    guard start < units.count - 4, start > 0, units[start - 1] == UInt16(backslash) else { return nil }
    return (units.count - start + 1, unit)
  }
}
