/// Numbers and times as people read them.
enum Figures {
  /// `1204` as `1,204`.
  static func count(_ value: some BinaryInteger) -> String {
    let digits = String(value.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { result += "," }
      result.append(digit)
    }
    return value < 0 ? "-\(result)" : result
  }

  /// A count of bytes: `512 B`, `1.5 KB`, `16.0 MB`.
  static func bytes(_ value: Int) -> String {
    guard value >= 1024 else { return "\(value) B" }
    var scaled = Double(value)
    var unit = "B"
    for next in ["KB", "MB", "GB"] where scaled >= 1024 {
      scaled /= 1024
      unit = next
    }
    return "\(decimal(scaled)) \(unit)"
  }

  /// A number with one decimal.
  static func decimal(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let tenths = Int64((value * 10).rounded())
    return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
  }

  /// A duration in its two largest units: `850 ms`, `2.1 s`, `5m 0s`, `3h 12m`, `2d 4h`.
  static func duration(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let fraction = Double(attoseconds) / 1e18
    switch seconds {
    case ..<0: return "-" + self.duration(.zero - duration)
    case 0 where fraction < 0.01: return "\(decimal(fraction * 1000)) ms"
    case 0: return "\(Int((fraction * 1000).rounded())) ms"
    case 1..<60: return "\(decimal(Double(seconds) + fraction)) s"
    case 60..<3600: return "\(seconds / 60)m \(seconds % 60)s"
    case 3600..<86400: return "\(seconds / 3600)h \(seconds % 3600 / 60)m"
    default: return "\(seconds / 86400)d \(seconds % 86400 / 3600)h"
    }
  }

  /// How long ago a Unix time in milliseconds was: `14s`, `3m`, `2h`, `5d`, each with `ago`; `–` when unknown.
  static func age(since time: Int64?, now: Int64) -> String {
    guard let time else { return "–" }
    let (elapsed, overflow) = now.subtractingReportingOverflow(time)
    guard !overflow else { return "–" }
    let seconds = elapsed / 1000
    switch seconds {
    case ..<0: return "in the future"
    case 0..<60: return "\(seconds)s ago"
    case 60..<3600: return "\(seconds / 60)m ago"
    case 3600..<172_800: return "\(seconds / 3600)h ago"
    default: return "\(seconds / 86400)d ago"
    }
  }

  /// `1 message`, `2 messages`.
  static func plural(_ count: Int, _ noun: String) -> String { "\(self.count(count)) \(noun)\(count == 1 ? "" : "s")" }
}
