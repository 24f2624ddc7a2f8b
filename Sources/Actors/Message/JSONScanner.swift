/// Walks over JSON text in one pass and says where its values begin and end; builds nothing.
///
/// The grammar is RFC 8259 and, because Python's encoder writes them, the bare tokens `NaN`, `Infinity`, `-Infinity`.
/// Every position is checked against the end of the text before a byte is read; containers are tracked in a bit stack,
/// so that no nesting can exhaust the thread's stack.
struct JSONScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  /// How many containers may be open at once.
  let maxDepth: Int
  var position: Int

  @inline(__always)
  init(_ bytes: UnsafeBufferPointer<UInt8>, position: Int = 0, maxDepth: Int = DecodingLimits.maxDepthEver) {
    self.bytes = bytes
    self.position = position
    self.maxDepth = maxDepth
  }

  /// The byte at the position; nil at the end.
  @inline(__always)
  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  @inline(never)
  func failure(_ reason: JSONSyntaxError.Reason, at offset: Int? = nil) -> JSONSyntaxError {
    let offset = offset ?? position
    return JSONSyntaxError(
      offset: offset, reason: reason, found: bytes.indices.contains(offset) ? bytes[offset] : nil)
  }

  @inline(__always)
  mutating func skipWhitespace() {
    while position < bytes.count {
      let byte = bytes[position]
      // All four blanks are at or below the space, and nearly every other byte is above it.
      if byte > 0x20 { return }
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      position += 1
    }
  }

  /// Takes `byte` if it comes next.
  @inline(__always)
  mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  /// Skips one value and what it contains.
  ///
  /// - Parameter depth: How many containers are open around it.
  /// - Returns: The value's range.
  @inline(__always)
  mutating func skipValue(depth: Int) throws(JSONSyntaxError) -> Range<Int> {
    let start = position
    switch current {
    case UInt8(ascii: "{"), UInt8(ascii: "["): try skipContainer(depth: depth)
    default: try skipScalar()
    }
    return Range(uncheckedBounds: (start, position))
  }

  /// Skips a string, number or literal.
  @inline(__always)
  mutating func skipScalar() throws(JSONSyntaxError) {
    guard let first = current else { throw failure(.value) }
    switch first {
    case UInt8(ascii: "\""): _ = try skipString()
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): try skipNumber()
    case UInt8(ascii: "t"): try skipLiteral("true")
    case UInt8(ascii: "f"): try skipLiteral("false")
    case UInt8(ascii: "n"): try skipLiteral("null")
    case UInt8(ascii: "N"): try skipLiteral("NaN")
    case UInt8(ascii: "I"): try skipLiteral("Infinity")
    default: throw failure(.value)
    }
  }

  mutating func skipLiteral(_ literal: StaticString) throws(JSONSyntaxError) {
    let expected = UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
    for byte in expected {
      guard current == byte else { throw failure(.literal) }
      position += 1
    }
  }

  mutating func skipNumber() throws(JSONSyntaxError) {
    if take(UInt8(ascii: "-")), current == UInt8(ascii: "I") { return try skipLiteral("Infinity") }
    // A leading zero stands alone.
    if !take(UInt8(ascii: "0")) { try skipDigits() }
    if take(UInt8(ascii: ".")) { try skipDigits() }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try skipDigits()
    }
  }

  @inline(__always)
  private mutating func skipDigits() throws(JSONSyntaxError) {
    let start = position
    while position < bytes.count, bytes[position] &- UInt8(ascii: "0") <= 9 { position += 1 }
    if position == start { throw failure(.number) }
  }

  /// Skips an array or object; the position is at its opening bracket.
  mutating func skipContainer(depth: Int) throws(JSONSyntaxError) {
    var open = OpenContainers()
    while true {
      // Here a value begins.
      if let byte = current, byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        let isObject = byte == UInt8(ascii: "{")
        if depth + open.count >= maxDepth { throw failure(.depth) }
        position += 1
        skipWhitespace()
        if !take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          open.push(isObject: isObject)
          if isObject { try skipKey() }
          continue
        }
      } else {
        try skipScalar()
      }
      if try skipAfterValue(&open) { return }
    }
  }

  /// Goes on after a value: closes containers up to the next comma, and stands at the next value.
  ///
  /// - Returns: Whether the outermost container was closed.
  @inline(__always)
  private mutating func skipAfterValue(_ open: inout OpenContainers) throws(JSONSyntaxError) -> Bool {
    while open.count > 0 {
      skipWhitespace()
      if take(UInt8(ascii: ",")) {
        skipWhitespace()
        if open.isObject { try skipKey() }
        return false
      }
      guard take(open.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { throw failure(.commaOrEnd) }
      open.pop()
    }
    return true
  }

  /// Skips a key and its colon; the position is then at the value.
  @inline(__always)
  @discardableResult
  mutating func skipKey() throws(JSONSyntaxError) -> StringSpan {
    guard current == UInt8(ascii: "\"") else { throw failure(.key) }
    let key = try skipString()
    skipWhitespace()
    guard take(UInt8(ascii: ":")) else { throw failure(.colon) }
    skipWhitespace()
    return key
  }

  /// Checks that nothing but blanks follows.
  @inline(__always)
  mutating func expectEnd() throws(JSONSyntaxError) {
    skipWhitespace()
    if position < bytes.count { throw failure(.end) }
  }
}

/// Which containers are open: one bit each, the innermost 64 of them in a register.
private struct OpenContainers {
  var count = 0
  private var innermost: UInt64 = 0
  private var outer: [UInt64] = []

  /// Whether the innermost open container is an object.
  @inline(__always)
  var isObject: Bool { innermost & 1 == 1 }

  @inline(__always)
  mutating func push(isObject: Bool) {
    if count > 0, count % 64 == 0 { outer.append(innermost) }
    innermost = innermost << 1 | (isObject ? 1 : 0)
    count += 1
  }

  @inline(__always)
  mutating func pop() {
    count -= 1
    innermost >>= 1
    if count > 0, count % 64 == 0 { innermost = outer.popLast() ?? 0 }
  }
}
