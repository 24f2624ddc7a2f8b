extension JSONScanner {
  /// The text of a string that was skipped; nil when it holds a lone surrogate.
  @inline(__always)
  func string(_ span: StringSpan) -> String? {
    if span.hasEscapes {
      return span.hasLoneSurrogate ? nil : String(decoding: unescaped(span), as: UTF8.self)
    }
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[span.start..<span.end]), as: UTF8.self)
  }

  /// The text of a string that was skipped, with U+FFFD for what no `String` can hold.
  func repairedString(_ span: StringSpan) -> String {
    string(span) ?? String(decoding: unescaped(span), as: UTF8.self)
  }

  /// The bytes that a string stands for. A lone surrogate becomes three bytes of its own, as if it were a character, so
  /// that two different strings never look the same.
  @inline(never)
  func unescaped(_ span: StringSpan) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(span.end - span.start)
    var index = span.start
    while index < span.end {
      let byte = bytes[index]
      guard byte == UInt8(ascii: "\\"), index + 1 < span.end else {
        result.append(byte)
        index += 1
        continue
      }
      index += appendEscape(at: index, to: &result)
    }
    return result
  }

  /// Appends what the escape at `index` stands for.
  ///
  /// - Returns: How many bytes of the text the escape takes.
  private func appendEscape(at index: Int, to result: inout [UInt8]) -> Int {
    switch bytes[index + 1] {
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(0x0C)
    case UInt8(ascii: "n"): result.append(0x0A)
    case UInt8(ascii: "r"): result.append(0x0D)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "u"):
      guard let unit = hexUnit(afterBackslashAt: index) else { return 2 }
      if unit & 0xFC00 == 0xD800, let low = hexUnit(afterBackslashAt: index + 6), low & 0xFC00 == 0xDC00 {
        Self.append(codePoint: 0x10000 + (UInt32(unit) & 0x3FF) << 10 + UInt32(low) & 0x3FF, to: &result)
        return 12
      }
      Self.append(codePoint: UInt32(unit), to: &result)
      return 6
    case let byte: result.append(byte)
    }
    return 2
  }

  private static func append(codePoint: UInt32, to result: inout [UInt8]) {
    func continuation(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: codePoint >> shift) & 0x3F }
    switch codePoint {
    case ..<0x80: result.append(UInt8(truncatingIfNeeded: codePoint))
    case ..<0x800: result += [0xC0 | UInt8(truncatingIfNeeded: codePoint >> 6), continuation(0)]
    case ..<0x10000:
      result += [0xE0 | UInt8(truncatingIfNeeded: codePoint >> 12), continuation(6), continuation(0)]
    default:
      result += [
        0xF0 | UInt8(truncatingIfNeeded: codePoint >> 18), continuation(12), continuation(6), continuation(0),
      ]
    }
  }
}
