extension String {
  /// The text as a part of a URL: of what is not a letter or a digit every byte is written `%XX`.
  package var percentEncoded: String {
    var text = ""
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        text += byte < 0x10 ? "%0" : "%"
        text += String(byte, radix: 16, uppercase: true)
      }
    }
    return text
  }

  /// Whether the text is the same byte for byte: `==` takes different spellings of a letter for one.
  package func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
