/// When the clocks of a zone will be changed each year, as POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct DaylightSavingRule: Sendable, Hashable {
  /// A day of the year, and the time of day at which the clocks are changed.
  private enum Day: Sendable, Hashable {
    /// A weekday from 0 for Sunday, in a week of a month, 5 for the last.
    case weekday(Int, week: Int, month: Int)
    /// From 1, February 29 not counted.
    case dayOfCommonYear(Int)
    /// From 0, February 29 counted.
    case dayOfYear(Int)
  }

  private struct Change: Sendable, Hashable {
    let day: Day
    /// Seconds since midnight; may be negative or more than a day.
    let second: Int64
  }

  private let standard: Int32
  private let daylight: Int32
  /// Begin and end of daylight saving; nil when the clocks are never changed.
  private let changes: Changes?

  private struct Changes: Sendable, Hashable {
    let begin: Change
    let end: Change
  }

  /// Reads a rule; nil when it makes no sense.
  init?(_ text: String) {
    var scanner = Scanner(rest: text.utf8[...])
    guard scanner.skipName(), let west = scanner.time() else { return nil }
    standard = Int32(-west)
    guard scanner.skipName() else {
      guard scanner.rest.isEmpty else { return nil }
      daylight = standard
      changes = nil
      return
    }
    daylight = scanner.rest.first == UInt8(ascii: ",") ? standard + 3600 : Int32(-(scanner.time() ?? 0))
    guard let begin = scanner.change(), let end = scanner.change(), scanner.rest.isEmpty else { return nil }
    changes = Changes(begin: begin, end: end)
  }

  /// The offset at a point in time, in seconds.
  func offset(at seconds: Int64) -> Int32 {
    guard let changes else { return standard }
    let (local, overflow) = seconds.addingReportingOverflow(Int64(standard))
    let year = BoltDate(daysSinceEpoch: local.flooredDivision(by: 86_400).quotient).components.year
    guard !overflow, let begin = Self.instant(changes.begin, year: year, offset: standard),
      let end = Self.instant(changes.end, year: year, offset: daylight)
    else { return standard }
    let isDaylight = begin < end ? begin <= seconds && seconds < end : !(end <= seconds && seconds < begin)
    return isDaylight ? daylight : standard
  }

  private static func instant(_ change: Change, year: Int64, offset: Int32) -> Int64? {
    guard let newYear = BoltDate(year: year, month: 1, day: 1)?.daysSinceEpoch else { return nil }
    let day: Int64
    switch change.day {
    case .dayOfYear(let number): day = newYear + Int64(number)
    case .dayOfCommonYear(let number):
      let isLeap = BoltDate(year: year, month: 2, day: 29) != nil
      day = newYear + Int64(number - (isLeap && number >= 60 ? 0 : 1))
    case .weekday(let weekday, let week, let month):
      guard let found = self.day(weekday, week: week, month: month, year: year) else { return nil }
      day = found
    }
    return day * 86_400 + change.second - Int64(offset)
  }

  private static func day(_ weekday: Int, week: Int, month: Int, year: Int64) -> Int64? {
    guard let first = BoltDate(year: year, month: month, day: 1)?.daysSinceEpoch else { return nil }
    // 1970-01-01 was a Thursday.
    let firstWeekday = (first + 4).flooredDivision(by: 7).remainder
    var day = first + (Int64(weekday) - firstWeekday).flooredDivision(by: 7).remainder + Int64(week - 1) * 7
    // The fifth of a month that has only four is the last.
    while BoltDate(daysSinceEpoch: day).components.month != month { day -= 7 }
    return day
  }

  private struct Scanner {
    var rest: Substring.UTF8View.SubSequence

    mutating func take(_ character: Character) -> Bool {
      guard rest.first == character.asciiValue else { return false }
      rest.removeFirst()
      return true
    }

    /// Skips the name of a time: letters, or anything in angle brackets.
    mutating func skipName() -> Bool {
      let before = rest.count
      if take("<") {
        rest = rest.drop { $0 != UInt8(ascii: ">") }
        return take(">")
      }
      rest = rest.drop { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
      return rest.count < before
    }

    mutating func number() -> Int? {
      let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
      guard digits.count <= 4, let number = Int(Substring(digits)) else { return nil }
      rest = rest.dropFirst(digits.count)
      return number
    }

    /// Reads `[+-]hh[:mm[:ss]]` as seconds.
    mutating func time() -> Int64? {
      let isNegative = take("-")
      if !isNegative { _ = take("+") }
      guard let hours = number() else { return nil }
      var seconds = Int64(hours) * 3600
      for unit in [60, 1] as [Int64] where take(":") {
        guard let part = number() else { return nil }
        seconds += Int64(part) * unit
      }
      return isNegative ? -seconds : seconds
    }

    /// Reads `,day[/time]`.
    mutating func change() -> Change? {
      guard take(","), let day = day() else { return nil }
      guard take("/") else { return Change(day: day, second: 7200) }
      return time().map { Change(day: day, second: $0) }
    }

    private mutating func day() -> Day? {
      if take("M") {
        guard let month = number(), take("."), let week = number(), take("."), let weekday = number(),
          (1...12).contains(month), (1...5).contains(week), (0...6).contains(weekday)
        else { return nil }
        return .weekday(weekday, week: week, month: month)
      }
      if take("J") { return number().flatMap { (1...365).contains($0) ? .dayOfCommonYear($0) : nil } }
      return number().flatMap { (0...365).contains($0) ? .dayOfYear($0) : nil }
    }
  }
}
