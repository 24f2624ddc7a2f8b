import Testing

@testable import BoltDriver

@Suite struct CalendarTests {
  private static let dates: [(Int64, Int64, Int, Int)] = [
    (0, 1970, 1, 1), (-1, 1969, 12, 31), (59, 1970, 3, 1), (11_016, 2000, 2, 29), (19_782, 2024, 2, 29),
    (-719_162, 1, 1, 1),
    (-719_163, 0, 12, 31), (2_932_896, 9999, 12, 31), (-719_528, 0, 1, 1), (-25_509, 1900, 2, 28),
    (-25_508, 1900, 3, 1),
  ]

  @Test(arguments: dates)
  func datesAreCountedFrom1970(_ days: Int64, _ year: Int64, _ month: Int, _ day: Int) throws {
    #expect(try #require(BoltDate(year: year, month: month, day: day)).daysSinceEpoch == days)
    #expect(BoltDate(daysSinceEpoch: days).components == (year, month, day))
  }

  @Test func everyDayOfFourCenturiesIsFollowedByTheNext() {
    var last = BoltDate(daysSinceEpoch: -200_000)
    for days in Int64(-199_999)..<(-199_999 + 146_100) {
      let date = BoltDate(daysSinceEpoch: days)
      let (year, month, day) = date.components
      // Each expectation costs microseconds, and there are 146,100 days.
      guard BoltDate(year: year, month: month, day: day) == date, last < date else {
        Issue.record("\(date) is not the day after \(last)")
        return
      }
      last = date
    }
  }

  @Test func datesThatDoNotExistAreRefused() {
    #expect(BoltDate(year: 2023, month: 2, day: 29) == nil)
    #expect(BoltDate(year: 1900, month: 2, day: 29) == nil)
    #expect(BoltDate(year: 2024, month: 13, day: 1) == nil)
    #expect(BoltDate(year: 2024, month: 4, day: 31) == nil)
    #expect(BoltDate(year: .max, month: 1, day: 1) == nil)
    #expect(BoltDate(year: .min, month: 1, day: 1) == nil)
  }

  @Test(arguments: [Int64.min, Int64.min + 1, -1, 0, Int64.max - 1, Int64.max])
  func theEndsOfTheTimeLineDoNotTrap(_ number: Int64) {
    _ = BoltDate(daysSinceEpoch: number).description
    _ = BoltLocalDateTime(secondsSinceEpoch: number)?.description
    _ = BoltDateTime(secondsSinceEpoch: number, zone: .offset(seconds: .max))?.description
    _ = BoltDateTime(secondsSinceEpoch: number, zone: .offset(seconds: .min))?.description
    _ = BoltDateTime(secondsSinceEpoch: number, zone: .identifier("x"))?.description
    let duration = BoltDuration(seconds: number, nanoseconds: number)
    _ = duration.fixed.map(BoltDuration.init)
    _ = duration.description
  }

  @Test func timesAreWrittenAsISO8601() throws {
    let time = try #require(BoltLocalTime(hour: 13, minute: 5, second: 9, nanosecond: 250_000_000))
    #expect(time.description == "13:05:09.250000000")
    #expect(BoltTime(local: time, offsetSeconds: -12_600).description == "13:05:09.250000000-03:30")
    let date = try #require(BoltDate(year: 2026, month: 7, day: 21))
    let morning = try #require(BoltLocalTime(hour: 11, minute: 5))
    let local = try #require(BoltLocalDateTime(date: date, time: morning))
    #expect(local.description == "2026-07-21T11:05:00")
    #expect(local.date == date)
    let zoned = BoltDateTime(secondsSinceEpoch: local.secondsSinceEpoch, zone: .offset(seconds: 7200))
    #expect(zoned?.description == "2026-07-21T13:05:00+02:00")
    #expect(BoltLocalTime(hour: 24, minute: 0) == nil)
    #expect(BoltLocalTime(nanosecondOfDay: 86_400_000_000_000) == nil)
  }
}
