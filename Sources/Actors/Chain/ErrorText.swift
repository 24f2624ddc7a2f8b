/// An error as text that may leave the process: on the wire, in a header, in a log line.
///
/// Passwords in URLs are taken out and the length is bounded, because neither the actor that threw nor the driver under
/// it can be trusted to have done so. Control characters stay as they are: whoever writes a line escapes them.
package struct ErrorText: Sendable, Hashable, CustomStringConvertible {
  /// The longest ``message`` and ``description``, in UTF-8 bytes.
  package static let limit = 4_096

  /// The unqualified name of the error's dynamic type.
  package let type: String
  /// The error's own description.
  package let message: String

  /// Describes an error.
  package init(_ error: any Error) {
    type = Self.cut(_typeName(Swift.type(of: error), qualified: false), to: Self.limit)
    message = Self.redacted(String(describing: error))
  }

  /// Type and message in one text; the type is not repeated when the message begins with it.
  package var description: String {
    if message == type || message.hasPrefix(type + ":") { return message }
    return Self.cut("\(type): \(message)", to: Self.limit)
  }

  /// A text without the passwords of its URLs, cut to ``limit``.
  package static func redacted(_ text: String) -> String {
    // Redacting comes before the final cut, so that no password is cut in half and then not seen as one.
    let bounded = cut(text, to: 2 * limit)
    return cut(withoutPasswords(bounded, isCut: bounded.utf8.count < text.utf8.count), to: limit)
  }

  /// The longest prefix of at most `limit` bytes that ends between two characters of Unicode.
  private static func cut(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: limit)
    while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
    return String(text[..<end])
  }

  /// Puts `***` in the place of every `password` in `scheme://user:password@host`.
  ///
  /// An `@` ends the password wherever it stands before the next blank, quote or bracket: passwords that were not
  /// percent-encoded hold slashes and other delimiters, and taking out too much is the smaller harm.
  private static func withoutPasswords(_ text: String, isCut: Bool) -> String {
    guard text.utf8.contains(mark[1]) else { return text }
    let bytes = Array(text.utf8)
    guard var authority = authorityStart(in: bytes, from: 0) else { return text }
    var output: [UInt8] = []
    var copied = 0
    while true {
      let end = bytes[authority...].firstIndex(where: endsURL) ?? bytes.count
      if let password = password(in: bytes[authority..<end], reachesCut: isCut && end == bytes.count) {
        output += bytes[copied..<password.lowerBound]
        output += "***".utf8
        copied = password.upperBound
      }
      guard let next = authorityStart(in: bytes, from: max(authority, copied)) else { break }
      authority = next
    }
    output += bytes[copied...]
    return String(decoding: output, as: UTF8.self)
  }

  private static func password(in url: ArraySlice<UInt8>, reachesCut: Bool) -> Range<Int>? {
    guard let colon = url.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    if let at = url[(colon + 1)...].lastIndex(of: UInt8(ascii: "@")) { return (colon + 1)..<at }
    return reachesCut ? (colon + 1)..<url.endIndex : nil
  }

  private static let mark = Array("://".utf8)

  /// Where the text after the next `://` begins.
  private static func authorityStart(in bytes: [UInt8], from start: Int) -> Int? {
    var index = start
    while index + mark.count <= bytes.count {
      if bytes[index] == mark[0], bytes[index + 1] == mark[1], bytes[index + 2] == mark[2] { return index + mark.count }
      index += 1
    }
    return nil
  }

  private static func endsURL(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "`"): true
    default: false
    }
  }
}
