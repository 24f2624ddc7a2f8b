@testable import BoltDriver

/// Values that a server must give back as they were sent.
enum EchoedValues {
  static let all: [BoltValue] = scalars + texts + collections + times + points

  private static let scalars: [BoltValue] =
    [.null, .bool(true), .bool(false)]
    + [
      0, 1, -1, -16, -17, 127, 128, -128, -129, 255, 256, 32_767, 32_768, -32_768, -32_769, 2_147_483_647,
      2_147_483_648,
      -2_147_483_648, -2_147_483_649, .max, .min,
    ].map { BoltValue.int($0) }
    + [
      0, -0.0, 1.5, -1.5, .pi, .infinity, -.infinity, .leastNonzeroMagnitude, .leastNormalMagnitude,
      .greatestFiniteMagnitude,
    ].map { BoltValue.float($0) }

  private static let texts: [BoltValue] = [
    "", "a", "ä ö ü", "日本語", "👩‍👩‍👧‍👦", "nul \0 inside", "quote ' \" ` \\", .string(String(repeating: "x", count: 255)),
    .string(String(repeating: "x", count: 65_536)), .string(String(repeating: "é", count: 500_000)),
    .bytes([]), .bytes([0, 255, 128]), .bytes([UInt8](repeating: 7, count: 65_536)),
    .bytes([UInt8](repeating: 9, count: 1_000_000)),
  ]

  private static let collections: [BoltValue] = [
    [], [1, 2, 3], [nil, true, "mixed", 1.5, [1]], .list([BoltValue](repeating: 1, count: 65_536)), .map([:]), ["a": 1],
    .map(Dictionary(uniqueKeysWithValues: (0..<256).map { ("k\($0)", BoltValue.int(Int64($0))) })),
    ["nested": ["list": [["deep": [1, ["deeper": nil]]]]]], [[[[[[]]]]]],
  ]

  private static let times: [BoltValue] =
    [(1, 1, 1), (1970, 1, 1), (2000, 2, 29), (9999, 12, 31)].compactMap { year, month, day in
      BoltDate(year: year, month: month, day: day).map(BoltValue.date)
    }
    + [(0, 0, 0, 0), (23, 59, 59, 999_999_999)].compactMap { hour, minute, second, nanosecond in
      BoltLocalTime(hour: hour, minute: minute, second: second, nanosecond: nanosecond).map(BoltValue.localTime)
    }
    + [-3600, 0, 19_800].map { offset in
      .time(BoltTime(local: BoltLocalTime(knownNanosecondOfDay: 45_296_000_000_001), offsetSeconds: offset))
    }
    + [0, -1, 1_753_088_400, 253_402_300_799].compactMap { seconds in
      BoltLocalDateTime(secondsSinceEpoch: seconds, nanosecond: 123_456_789).map(BoltValue.localDateTime)
    }
    + [
      BoltTimeZone.offset(seconds: 0), .offset(seconds: 7200), .offset(seconds: -12_600),
      .identifier("Europe/Stockholm"),
    ]
    .compactMap { zone in
      BoltDateTime(secondsSinceEpoch: 1_753_088_400, nanosecond: 1, zone: zone).map(BoltValue.dateTime)
    }
    + [
      BoltDuration(), BoltDuration(months: 14, days: 3, seconds: 60, nanoseconds: 1),
      BoltDuration(months: -1, days: -2, seconds: -3), BoltDuration(seconds: 1_000_000_000_000),
    ].map(BoltValue.duration)

  private static let points: [BoltValue] = [
    .point(BoltPoint(x: 1.5, y: -2)), .point(BoltPoint(x: 1, y: 2, z: 3)),
    .point(BoltPoint(longitude: 18.07, latitude: 59.33)),
    .point(BoltPoint(longitude: 18.07, latitude: 59.33, height: 12)),
    [.point(BoltPoint(x: 0, y: 0)), .date(BoltDate(daysSinceEpoch: 1))],
    ["when": .localTime(BoltLocalTime(knownNanosecondOfDay: 1)), "where": .point(BoltPoint(x: 0, y: 0))],
  ]
}
