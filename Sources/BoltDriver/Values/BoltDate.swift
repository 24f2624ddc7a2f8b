/// A date of the proleptic Gregorian calendar, without time or zone.
public struct BoltDate: Sendable, Hashable, Comparable {
  /// Days since 1970-01-01; negative before.
  public let daysSinceEpoch: Int64

  /// Makes a date from its distance to 1970-01-01, in days.
  public init(daysSinceEpoch: Int64) { self.daysSinceEpoch = daysSinceEpoch }

  /// Makes a date. Returns nil when there is no such day, or the year is beyond ±999,999,999.
  public init?(year: Int64, month: Int, day: Int) {
    guard (-999_999_999...999_999_999).contains(year), (1...12).contains(month),
      day >= 1, day <= Self.daysIn(month: month, year: year)
    else { return nil }
    self.init(daysSinceEpoch: Self.days(year: year, month: month, day: day))
  }

  /// The year, the month from 1 to 12 and the day from 1 to 31.
  public var components: (year: Int64, month: Int, day: Int) {
    // Eras of 400 years, counted from a first of March: no step of this can overflow, whatever the wire said.
    var (era, dayOfEra) = daysSinceEpoch.flooredDivision(by: Self.daysInEra)
    era += Self.eraOfEpoch
    dayOfEra += Self.dayOfEraOfEpoch
    if dayOfEra >= Self.daysInEra {
      dayOfEra -= Self.daysInEra
      era += 1
    }
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: Int(month),
      day: Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    )
  }

  /// Whether the left date is earlier.
  public static func < (left: BoltDate, right: BoltDate) -> Bool { left.daysSinceEpoch < right.daysSinceEpoch }

  private static let daysInEra: Int64 = 146_097
  /// 1970-01-01 is day 135,080 of the era that began on 1600-03-01.
  private static let eraOfEpoch: Int64 = 4
  private static let dayOfEraOfEpoch: Int64 = 135_080

  private static func days(year: Int64, month: Int, day: Int) -> Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = shiftedYear.flooredDivision(by: 400)
    let shiftedMonth = Int64(month > 2 ? month - 3 : month + 9)
    let dayOfYear = (153 * shiftedMonth + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return (era - eraOfEpoch) * daysInEra + dayOfEra - dayOfEraOfEpoch
  }

  private static func daysIn(month: Int, year: Int64) -> Int {
    switch month {
    case 2: (year.isMultiple(of: 4) && !year.isMultiple(of: 100)) || year.isMultiple(of: 400) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension BoltDate: CustomStringConvertible {
  /// The date in the manner of ISO 8601, such as `2026-07-21`; a year beyond 9999 without the sign that the standard
  /// wants before it.
  public var description: String {
    let (year, month, day) = components
    return "\(year.padded(to: 4))-\(Int64(month).padded(to: 2))-\(Int64(day).padded(to: 2))"
  }
}
