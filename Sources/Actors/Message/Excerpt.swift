/// A piece of untrusted text made fit for a log line: cut short, with control characters and bad bytes escaped.
struct Excerpt: CustomStringConvertible {
  let description: String

  /// Cuts after `limit` bytes, at the end of a character.
  init(_ bytes: some Sequence<UInt8>, limit: Int = 80) {
    var text = ""
    var kept = Array(bytes.prefix(limit + 1))
    let isCut = kept.count > limit
    if isCut {
      kept.removeLast()
      // A character cut in half would show as a replacement character that was never there.
      while let last = kept.last, last & 0xC0 == 0x80 { kept.removeLast() }
      if let last = kept.last, last >= 0xC0 { kept.removeLast() }
    }
    for scalar in String(decoding: kept, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
        text += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    description = isCut ? text + "…" : text
  }

  init(_ text: String, limit: Int = 80) { self.init(text.utf8, limit: limit) }
}
