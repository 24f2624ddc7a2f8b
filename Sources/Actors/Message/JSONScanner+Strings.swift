extension JSONScanner {
  /// Skips a string; the position is at its opening quote.
  @inline(__always)
  mutating func skipString() throws(JSONSyntaxError) -> StringSpan {
    position += 1
    var span = StringSpan(start: position, end: position)
    while true {
      skipPlain()
      guard position < bytes.count else { throw failure(.quote) }
      if bytes[position] == UInt8(ascii: "\"") {
        span.end = position
        position += 1
        return span
      }
      try skipSpecial(&span)
    }
  }

  /// Skips bytes that need no thought: all but the quote, the backslash, control characters and non-ASCII.
  @inline(__always)
  private mutating func skipPlain() {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let raw = UnsafeRawBufferPointer(bytes)
    while position &+ 8 <= raw.count {
      let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      // A borrow out of one byte can only mark a byte after it, so the lowest mark is always a true one.
      let quote = (word ^ (ones &* 0x22)) &- ones
      let backslash = (word ^ (ones &* 0x5C)) &- ones
      let marks = ((word &- (ones &* 0x20)) | quote | backslash | word) & highs
      if marks != 0 {
        position &+= marks.trailingZeroBitCount >> 3
        return
      }
      position &+= 8
    }
    while position < bytes.count {
      let byte = bytes[position]
      if byte < 0x20 || byte == 0x22 || byte == 0x5C || byte >= 0x80 { return }
      position &+= 1
    }
  }

  /// Skips an escape or a non-ASCII character.
  @inline(never)
  private mutating func skipSpecial(_ span: inout StringSpan) throws(JSONSyntaxError) {
    let byte = bytes[position]
    if byte == UInt8(ascii: "\\") {
      span.hasEscapes = true
      try skipEscape(&span)
    } else if byte >= 0x80 {
      try skipNonASCII(lead: byte)
    } else {
      throw failure(.control)
    }
  }

  private mutating func skipEscape(_ span: inout StringSpan) throws(JSONSyntaxError) {
    position += 1
    switch current {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 1
    case UInt8(ascii: "u"):
      position += 1
      let unit = try skipHexUnit()
      guard unit & 0xF800 == 0xD800 else { return }
      if unit < 0xDC00, let low = hexUnit(afterBackslashAt: position), low & 0xFC00 == 0xDC00 {
        position += 6
      } else {
        span.hasLoneSurrogate = true
      }
    default: throw failure(.escape)
    }
  }

  private mutating func skipHexUnit() throws(JSONSyntaxError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = current.flatMap(hexDigitValue) else { throw failure(.escape) }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  /// The code unit of a `\uXXXX` that begins at `offset`; nil when there is none.
  func hexUnit(afterBackslashAt offset: Int) -> UInt16? {
    guard offset + 6 <= bytes.count, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
    else { return nil }
    var unit: UInt16 = 0
    for index in (offset + 2)..<(offset + 6) {
      guard let digit = hexDigitValue(bytes[index]) else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }

  /// Skips one well-formed UTF-8 sequence of two to four bytes (Unicode, table 3-7).
  private mutating func skipNonASCII(lead: UInt8) throws(JSONSyntaxError) {
    let (length, second): (Int, ClosedRange<UInt8>) =
      switch lead {
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xE1...0xEC, 0xEE...0xEF: (3, 0x80...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: (0, 0x80...0xBF)
      }
    guard length > 0, position + length <= bytes.count, second.contains(bytes[position + 1]) else {
      throw failure(.utf8)
    }
    for index in (position + 2)..<max(position + 2, position + length) where bytes[index] & 0xC0 != 0x80 {
      throw failure(.utf8)
    }
    position += length
  }
}

/// The value of a hexadecimal digit; nil for any other byte.
func hexDigitValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
