internal import FoundationEssentials

/// Dates as Python's `datetime.isoformat()` writes and `fromisoformat()` reads them.
enum ISO8601 {
  /// Seconds from 1970 to the reference date of `Date`.
  private static let referenceOffset: Int64 = 978_307_200

  /// `2026-11-23T08:51:00Z`, with microseconds where there are some; nil outside the years 1 to 9999.
  static func text(_ date: Date) -> String? {
    let interval = date.timeIntervalSinceReferenceDate
    // Year 1 and year 9999 in seconds from 2001; the comparison is false for NaN.
    guard interval >= -63_113_904_000, interval < 252_455_616_000 else { return nil }
    let microseconds = Int64((interval * 1_000_000).rounded()) + referenceOffset * 1_000_000
    let (seconds, fraction) = floorDivide(microseconds, by: 1_000_000)
    let (days, second) = floorDivide(seconds, by: 86_400)
    let (year, month, day) = civil(days: days)
    guard (1...9_999).contains(year) else { return nil }
    var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T"
    text += "\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
    if fraction > 0 { text += "." + (fraction % 1_000 == 0 ? padded(fraction / 1_000, 3) : padded(fraction, 6)) }
    return text + "Z"
  }

  /// Reads a date and time: `T` or a blank between them, seconds and their fraction optional, `Z` or an offset; without
  /// either it is taken as UTC. Nil for anything else.
  static func date(_ text: String) -> Date? {
    var fields = Fields(rest: text.utf8[...])
    guard let year = fields.number(4), fields.take("-"), let month = fields.number(2), fields.take("-"),
      let day = fields.number(2), fields.take("T") || fields.take("t") || fields.take(" "),
      let hour = fields.number(2), fields.take(":"), let minute = fields.number(2)
    else { return nil }
    var second = 0
    var fraction = 0.0
    if fields.take(":") {
      guard let whole = fields.number(2) else { return nil }
      second = whole
      if fields.take(".") || fields.take(",") {
        guard let part = fields.fraction() else { return nil }
        fraction = part
      }
    }
    guard let offset = fields.offset(), fields.rest.isEmpty, year >= 1, (1...12).contains(month),
      (1...daysInMonth(month, year: year)).contains(day), hour < 24, minute < 60, second <= 60
    else { return nil }
    let time = Int64(hour * 3_600 + minute * 60 + second - offset)
    let seconds = days(year: Int64(year), month: Int64(month), day: Int64(day)) * 86_400 + time
    return Date(timeIntervalSinceReferenceDate: Double(seconds - referenceOffset) + fraction)
  }

  /// What is still to be read of a date's text.
  private struct Fields {
    var rest: Substring.UTF8View

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard let first = rest.first, UInt32(first) == character.value else { return false }
      rest.removeFirst()
      return true
    }

    mutating func number(_ digits: Int) -> Int? {
      var value = 0
      for _ in 0..<digits {
        guard let first = rest.first, (0x30...0x39).contains(first) else { return nil }
        value = value * 10 + Int(first - 0x30)
        rest.removeFirst()
      }
      return value
    }

    mutating func fraction() -> Double? {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      guard !digits.isEmpty, digits.count <= 18 else { return nil }
      rest.removeFirst(digits.count)
      return Double("0." + String(decoding: digits, as: UTF8.self))
    }

    /// Seconds east of UTC.
    mutating func offset() -> Int? {
      if rest.isEmpty || take("Z") || take("z") { return 0 }
      let sign = take("+") ? 1 : take("-") ? -1 : 0
      guard sign != 0, let hours = number(2), hours < 24 else { return nil }
      guard !rest.isEmpty else { return sign * hours * 3_600 }
      _ = take(":")
      guard let minutes = number(2), minutes < 60 else { return nil }
      return sign * (hours * 3_600 + minutes * 60)
    }
  }

  private static func daysInMonth(_ month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1970-01-01 in the Gregorian calendar: years counted from March, so that the leap day comes last.
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = floorDivide(shifted, by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The inverse of ``days(year:month:day:)``.
  private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = floorDivide(days + 719_468, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  private static func floorDivide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
