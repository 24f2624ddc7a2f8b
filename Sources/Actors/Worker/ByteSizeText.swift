/// Sizes as a person writes them on a command line: `512M`, `1G`, `64K` (powers of 1,024), or a number of bytes.
package enum ByteSizeText {
  /// Reads a size in bytes.
  ///
  /// - Returns: nil when the text is none or does not fit into 63 bits.
  package static func parse(_ text: String) -> Int? {
    var digits = Substring(text)
    var shift = 0
    if let last = digits.last, !last.isNumber {
      switch last {
      case "k", "K": shift = 10
      case "m", "M": shift = 20
      case "g", "G": shift = 30
      default: return nil
      }
      digits = digits.dropLast()
    }
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let count = Int(digits) else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: 1 << shift)
    return overflow ? nil : bytes
  }
}
