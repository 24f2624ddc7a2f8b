/// The keys of one object so far, to find one that comes twice. The first eight need no memory of their own.
struct SeenKeys {
  private var first = InlineArray<8, StringSpan>(repeating: StringSpan(start: 0, end: 0))
  private var count = 0
  private var all: Set<[UInt8]> = []

  @inline(__always)
  init() {}

  /// Notes a key.
  ///
  /// - Returns: Whether it is new.
  @inline(__always)
  mutating func insert(_ key: StringSpan, in scanner: JSONScanner) -> Bool {
    if count >= 8 { return insertIntoSet(key, in: scanner) }
    for index in 0..<count where Self.equal(first[index], key, in: scanner) { return false }
    first[count] = key
    count += 1
    return true
  }

  @inline(never)
  private mutating func insertIntoSet(_ key: StringSpan, in scanner: JSONScanner) -> Bool {
    if all.isEmpty {
      for index in 0..<8 { all.insert(scanner.unescaped(first[index])) }
    }
    return all.insert(scanner.unescaped(key)).inserted
  }

  /// Compares what the keys stand for: `"a"` and `"\u0061"` are the same.
  @inline(__always)
  private static func equal(_ left: StringSpan, _ right: StringSpan, in scanner: JSONScanner) -> Bool {
    if left.hasEscapes || right.hasEscapes { return scanner.unescaped(left) == scanner.unescaped(right) }
    guard left.end - left.start == right.end - right.start else { return false }
    for offset in 0..<(left.end - left.start)
    where scanner.bytes[left.start + offset] != scanner.bytes[right.start + offset] {
      return false
    }
    return true
  }
}
