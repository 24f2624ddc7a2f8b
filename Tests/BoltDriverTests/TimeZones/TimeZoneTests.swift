internal import FoundationEssentials
import Testing

@testable import BoltDriver

@Suite struct TimeZoneTests {
  private func local(
    _ year: Int64, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int = 0
  ) throws -> BoltLocalDateTime {
    let date = try #require(BoltDate(year: year, month: month, day: day))
    let time = try #require(BoltLocalTime(hour: hour, minute: minute))
    return try #require(BoltLocalDateTime(date: date, time: time))
  }

  @Test(
    arguments: [
      (2022, 1, 7, "Europe/Stockholm", 3600), (2022, 6, 7, "Europe/Stockholm", 7200),
      (1900, 1, 1, "Asia/Kolkata", 19_270), (2022, 6, 7, "Asia/Kolkata", 19_800),
      (2022, 1, 7, "Australia/Sydney", 39_600), (2022, 7, 7, "Australia/Sydney", 36_000),
      (2022, 7, 7, "America/St_Johns", -9000), (2022, 7, 7, "UTC", 0), (2022, 7, 7, "Etc/GMT+5", -18_000),
      // Behind the last change that the files list, where a rule goes on.
      (2090, 1, 7, "Europe/Stockholm", 3600), (2090, 6, 7, "Europe/Stockholm", 7200),
      (2090, 1, 7, "Australia/Sydney", 39_600), (2090, 7, 7, "Australia/Sydney", 36_000),
      (2090, 7, 7, "Asia/Kolkata", 19_800),
    ] as [(Int64, Int, Int, String, Int32)])
  func clocksAreReadBothWays(_ year: Int64, _ month: Int, _ day: Int, _ zone: String, _ offset: Int32) throws {
    let local = try local(year, month, day, 11, 52)
    let time = try BoltDateTime(local, in: .identifier(zone))
    #expect(time.secondsSinceEpoch == local.secondsSinceEpoch - Int64(offset))
    let shown = try time.wallClock()
    #expect(shown.local == local && shown.offsetSeconds == offset)
  }

  @Test func aTimeThatClocksShowTwiceIsTheEarlierAndOneTheyLeaveOutIsCountedOn() throws {
    let twice = try BoltDateTime(try local(2022, 10, 30, 2, 30), in: .identifier("Europe/Stockholm"))
    #expect(try twice.wallClock().offsetSeconds == 7200)
    let never = try BoltDateTime(try local(2022, 3, 27, 2, 30), in: .identifier("Europe/Stockholm"))
    #expect(try never.wallClock().local == local(2022, 3, 27, 3, 30))
  }

  @Test(arguments: [
    "Europe/Neo4j", "", "../../../etc/passwd", "/etc/passwd", "Europe", "Europe//Paris", "a\0b", "tzdata.zi",
  ])
  func aNameThatIsNoZoneIsToldAndNothingElseIsRead(_ name: String) throws {
    let time = try #require(BoltDateTime(secondsSinceEpoch: 0, zone: .identifier(name)))
    let error = #expect(throws: BoltDecodingError.self) { try time.wallClock() }
    #expect(error?.description.contains("'\(name)'") == true)
  }

  @Test func theEndsOfTheTimeLineDoNotTrap() throws {
    for seconds in [Int64.min, .min + 1, .max - 1, .max] {
      for zone in ["Europe/Stockholm", "America/New_York", "Australia/Lord_Howe"] {
        let time = try #require(BoltDateTime(secondsSinceEpoch: seconds, zone: .identifier(zone)))
        _ = try? time.wallClock()
        let local = try #require(BoltLocalDateTime(secondsSinceEpoch: seconds))
        _ = try? BoltDateTime(local, in: .identifier(zone))
      }
    }
  }

  @Test(arguments: [
    ("CET-1CEST,M3.5.0,M10.5.0/3", true), ("<+0330>-3:30", true), ("EST5EDT4,J60/-1,300", true), ("UTC0", true),
    ("", false), ("CET", false), ("CET-1CEST,M13.1.0,M10.1.0", false), ("CET-1CEST,M3.5.0", false),
    ("A1B2,3,4,5", false),
    ("<+03-3", false), ("AAA99999", false),
  ])
  func rulesAreReadOrRefused(_ text: String, _ isRule: Bool) {
    #expect((DaylightSavingRule(text) != nil) == isRule)
  }

  @Test func rulesByTheNumberOfTheDay() throws {
    // The 60th day without leap days is always the first of March; the 59th counted from 0 is the 29th of February.
    let common = try #require(DaylightSavingRule("AAA0BBB,J60/0,J365/0"))
    let plain = try #require(DaylightSavingRule("AAA0BBB,59/0,364/0"))
    let eve = try local(2024, 2, 29, 12).secondsSinceEpoch
    #expect(common.offset(at: eve) == 0 && plain.offset(at: eve) == 3600)
    #expect(common.offset(at: eve + 86_400) == 3600)
  }

  @Test func mutilatedFilesAreRefusedOrReadAsFarAsTheyMakeSense() throws {
    let file = try #require(Self.file("Europe/Stockholm"))
    #expect(TimeZoneRules(file: file) != nil)
    for count in 0..<min(file.count - 40, 600) { #expect(TimeZoneRules(file: Array(file.prefix(count))) == nil) }
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<2000 {
      var broken = file
      for _ in 0..<3 { broken[Int.random(in: 0..<200, using: &generator)] = .random(in: 0...255, using: &generator) }
      let rules = TimeZoneRules(file: broken)
      _ = rules?.offset(at: .random(in: .min ... .max, using: &generator))
    }
  }

  private static func file(_ name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(name)").map { [UInt8]($0) }
  }

  @Test func aZoneThatCouldNotBeReadIsTriedAgain() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("zones-\(UUID().uuidString)").path
    // What stands at the zone's path cannot be read as a file.
    try FileManager.default.createDirectory(atPath: "\(folder)/Late", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let database = TimeZoneDatabase(folder: folder)
    #expect(throws: BoltDecodingError.self) { try database.rules(of: "Late") }
    try FileManager.default.removeItem(atPath: "\(folder)/Late")
    try FileManager.default.copyItem(atPath: "/usr/share/zoneinfo/Etc/UTC", toPath: "\(folder)/Late")
    _ = try database.rules(of: "Late")
  }

  @Test func aZoneThatIsUnknownIsLookedForOnce() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("zones-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let database = TimeZoneDatabase(folder: folder)
    #expect(throws: BoltDecodingError.self) { try database.rules(of: "Late") }
    try FileManager.default.copyItem(atPath: "/usr/share/zoneinfo/Etc/UTC", toPath: "\(folder)/Late")
    try FileManager.default.copyItem(atPath: "/usr/share/zoneinfo/Etc/UTC", toPath: "\(folder)/Known")
    #expect(throws: BoltDecodingError.self) { try database.rules(of: "Late") }
    _ = try database.rules(of: "Known")
  }
}
