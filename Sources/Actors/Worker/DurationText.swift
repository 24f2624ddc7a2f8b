/// Durations as a person writes them on a command line: `25s`, `500ms`, `5m`, `1h`, `2d`, also combined (`1h30m`).
package enum DurationText {
  private static let units: [(name: String, milliseconds: Int64)] = [
    ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
  ]

  /// Reads a duration.
  ///
  /// - Returns: nil when the text is none, has no unit, or is longer than a thousand years.
  package static func parse(_ text: String) -> Duration? {
    var rest = Substring(text)
    guard !rest.isEmpty else { return nil }
    if rest == "0" { return .zero }
    var total: Int64 = 0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      let letters = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest.dropFirst(letters.count)
      guard let count = Int64(digits), let unit = units.first(where: { $0.name == letters }) else { return nil }
      let (part, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
      let (sum, sumOverflow) = total.addingReportingOverflow(part)
      guard !overflow, !sumOverflow, sum <= 1_000 * 366 * 86_400_000 else { return nil }
      total = sum
    }
    return .milliseconds(total)
  }

  /// Writes a duration with at most its two largest units: `1h30m`, `25s`, `250ms`.
  package static func format(_ duration: Duration) -> String {
    var rest = duration.milliseconds
    guard rest > 0 else { return "0s" }
    var parts: [String] = []
    for unit in units.reversed() where rest >= unit.milliseconds && parts.count < 2 {
      parts.append("\(rest / unit.milliseconds)\(unit.name)")
      rest %= unit.milliseconds
    }
    return parts.joined()
  }
}
