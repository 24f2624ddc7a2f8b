/// The members of one object, found in one pass.
final class ObjectMembers: MemberSource {
  private struct Member {
    let key: StringSpan
    let value: Range<Int>
  }

  private let text: JSONText
  private var members: [Member] = []
  /// Types mostly ask for their keys in the order in which they were written, so the search begins after the last find.
  private var next = 0

  /// Reads the object.
  ///
  /// - Throws: `DecodingError` when the text is no object, or a key comes twice.
  init(_ text: JSONText, path: CodingPath?) throws {
    self.text = text
    guard text.isObject else {
      throw ValueDecoder.mismatch([String: JSONValue].self, expected: "an object", text, path)
    }
    let repeated = try? text.withScanner { scanner throws(JSONSyntaxError) in try Self.read(&scanner, into: &members) }
    if let repeated = repeated ?? nil {
      throw DecodingError.dataCorrupted(
        .init(codingPath: path?.keys ?? [], debugDescription: "the key \"\(Excerpt(repeated.utf8))\" comes twice"))
    }
  }

  /// Reads the members.
  ///
  /// - Returns: A key that comes twice.
  private static func read(
    _ scanner: inout JSONScanner, into members: inout [Member]
  ) throws(JSONSyntaxError) -> String? {
    scanner.position += 1
    scanner.skipWhitespace()
    if scanner.take(UInt8(ascii: "}")) { return nil }
    var seen = SeenKeys()
    repeat {
      scanner.skipWhitespace()
      let key = try scanner.skipKey()
      guard seen.insert(key, in: scanner) else { return scanner.repairedString(key) }
      members.append(Member(key: key, value: try scanner.skipValue(depth: 0)))
      scanner.skipWhitespace()
    } while scanner.take(UInt8(ascii: ","))
    return nil
  }

  /// How many members there are.
  var count: Int { members.count }

  var names: [String] { text.withScanner { scanner in members.map { scanner.repairedString($0.key) } } }

  func value(of key: some CodingKey) -> JSONText? { value(named: key.stringValue) }

  /// The value of the member of that name.
  func value(named name: String) -> JSONText? {
    var name = name
    let found = name.withUTF8 { name in text.withScanner { scanner in index(of: name, in: scanner) } }
    guard let found else { return nil }
    next = found + 1
    return text.part(members[found].value)
  }

  private func index(of name: UnsafeBufferPointer<UInt8>, in scanner: JSONScanner) -> Int? {
    for offset in 0..<members.count {
      let index = next + offset < members.count ? next + offset : next + offset - members.count
      let key = members[index].key
      if key.hasEscapes {
        if scanner.unescaped(key).elementsEqual(name) { return index }
      } else if key.end - key.start == name.count {
        var matched = 0
        while matched < name.count, name[matched] == scanner.bytes[key.start + matched] { matched += 1 }
        if matched == name.count { return index }
      }
    }
    return nil
  }
}
