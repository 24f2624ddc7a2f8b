/// Where a keyed container finds the values of its keys.
protocol MemberSource: AnyObject {
  /// The value of a key; nil when there is none.
  func value(of key: some CodingKey) -> JSONText?
  /// The keys that are there.
  var names: [String] { get }
}

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
    for offset in 0..<members.count {
      let index = next + offset < members.count ? next + offset : next + offset - members.count
      guard isNamed(members[index].key, name) else { continue }
      next = index + 1
      return text.part(members[index].value)
    }
    return nil
  }

  private func isNamed(_ key: StringSpan, _ name: String) -> Bool {
    if key.hasEscapes { return text.withScanner { $0.unescaped(key).elementsEqual(name.utf8) } }
    guard key.end - key.start == name.utf8.count else { return false }
    let start = text.bytes.startIndex
    return text.bytes[start + key.start..<start + key.end].elementsEqual(name.utf8)
  }
}
