/// Goes through the elements of an array, one at a time.
struct ElementCursor {
  private let text: JSONText
  /// The offset of the next element; nil after the last.
  private var offset: Int?

  /// Stands before the first element of `text`, which must be an array.
  init(_ text: JSONText) {
    self.text = text
    offset = text.withScanner { scanner in
      guard scanner.take(UInt8(ascii: "[")) else { return nil }
      scanner.skipWhitespace()
      return scanner.current == UInt8(ascii: "]") ? nil : scanner.position
    }
  }

  /// Whether the last element was passed.
  var isAtEnd: Bool { offset == nil }

  /// The next element, without passing it.
  func peek() -> JSONText? {
    var copy = self
    return copy.next()
  }

  /// Passes the next element.
  mutating func next() -> JSONText? {
    guard let start = offset else { return nil }
    var following: Int?
    let range = text.withScanner { scanner -> Range<Int>? in
      scanner.position = start
      // The text was validated when it came in, so a fault here only means the end.
      guard let range = try? scanner.skipValue(depth: 0) else { return nil }
      scanner.skipWhitespace()
      if scanner.take(UInt8(ascii: ",")) {
        scanner.skipWhitespace()
        following = scanner.position
      }
      return range
    }
    offset = following
    return range.map(text.part)
  }

  /// How many elements are still to come.
  var remaining: Int {
    var copy = self
    var count = 0
    while copy.skip() { count += 1 }
    return count
  }

  private mutating func skip() -> Bool { next() != nil }
}
