import BoltDriver
import TestSupport

/// Values that may be sent, made from a seed: the ones at which sizes and forms change, and any others. Times stay within
/// what Python can hold.
struct RandomBoltValue {
  private let hasVectors: Bool
  private let hasLargest: Bool
  private var chance: SeededGenerator

  /// A source of values.
  ///
  /// - Parameters:
  ///   - seed: The same values come from the same seed.
  ///   - hasVectors: Whether there may be vectors.
  ///   - hasLargest: Whether the edges have those of 65,536 items, which take their time.
  init(seed: UInt64, hasVectors: Bool, hasLargest: Bool) {
    chance = SeededGenerator(seed: seed)
    self.hasVectors = hasVectors
    self.hasLargest = hasLargest
  }

  /// What every run has.
  var edges: [BoltValue] {
    let sizes = [0, 1, 15, 16, 255, 256] + (hasLargest ? [65_535, 65_536] : [])
    var edges: [BoltValue] = [.null, .bool(true), .bool(false)]
    edges += Self.integers.map(BoltValue.int) + Self.floats.map(BoltValue.float)
    for size in sizes {
      edges.append(.string(String(repeating: "x", count: size)))
      edges.append(.bytes([UInt8](repeating: 0, count: size)))
      edges.append(.list([BoltValue](repeating: 1, count: size)))
      edges.append(.map(Dictionary(uniqueKeysWithValues: (0..<size).map { ("k\($0)", .null) })))
    }
    var deep = BoltValue.int(7)
    for level in 0..<250 { deep = level.isMultiple(of: 2) ? .list([deep]) : .map(["d": deep]) }
    return edges + [deep]
  }

  /// The next value.
  mutating func next(depth: Int = 0) -> BoltValue {
    let kinds = hasVectors ? 14 : 13
    switch Int.random(in: 0..<(depth < 4 ? kinds + 6 : kinds), using: &chance) {
    case 0: return .null
    case 1: return .bool(.random(using: &chance))
    case 2: return .int(integer())
    case 3: return .float(float())
    case 4: return .string(text())
    case 5: return .bytes(bytes(count: any([0, 1, 20, 255, 256])))
    case 6: return .date(BoltDate(daysSinceEpoch: .random(in: -719_162...2_932_896, using: &chance)))
    case 7: return .time(BoltTime(local: localTime(), offsetSeconds: offset()))
    case 8: return .localTime(localTime())
    case 9: return localDateTime(years: 2...9998).map(BoltValue.localDateTime) ?? .null
    case 10:
      return localDateTime(years: 2...9998).flatMap { time in
        (try? BoltDateTime(time, in: .offset(seconds: offsetButNone()))).map(BoltValue.dateTime)
      } ?? .null
    case 11: return zonedTime()
    case 12: return .duration(duration())
    case 13 where hasVectors: return .vector(vector())
    case kinds, kinds + 1: return .list((0..<count(depth)).map { _ in next(depth: depth + 1) })
    case kinds + 2, kinds + 3: return .point(point())
    default:
      let entries = (0..<count(depth)).map { ("\(text())\($0)", next(depth: depth + 1)) }.shuffled(using: &chance)
      return .map(Dictionary(uniqueKeysWithValues: entries))
    }
  }

  // MARK: - Kinds

  /// Where the forms of integers change.
  private static let integers: [Int64] = {
    var integers: [Int64] = [0, .max, .max - 1, .min, .min + 1]
    for bits in [4, 7, 8, 15, 16, 31, 32] {
      let edge = Int64(1) << Int64(bits)
      integers += [edge - 1, edge, edge + 1, -edge - 1, -edge, 1 - edge]
    }
    return integers
  }()
  private static let floats: [Double] = [
    0, -0.0, 1.5, -1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity, -.infinity, .nan, -.nan,
    Double(bitPattern: 0x7FF8_0000_0000_0001),
  ]
  private static let texts = [
    "", "a", "é", "日本語", "😀", "\0", "`", "üüüüüüüü", "𝄞x𝄞x𝄞x𝄞x𝄞x", "\u{FEFF}", "key", "name",
  ]
  private static let zones = ["Europe/Stockholm", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC"]

  private mutating func any<Choice>(_ choices: [Choice]) -> Choice {
    choices[Int.random(in: choices.indices, using: &chance)]
  }

  private mutating func count(_ depth: Int) -> Int { any(depth < 2 ? [0, 1, 3, 15, 16] : [0, 1, 2]) }

  private mutating func integer() -> Int64 {
    Bool.random(using: &chance) ? any(Self.integers) : .random(in: .min ... .max, using: &chance)
  }

  private mutating func float() -> Double {
    Bool.random(using: &chance) ? any(Self.floats) : .random(in: -1e9...1e9, using: &chance)
  }

  private mutating func text() -> String {
    (0..<Int.random(in: 0...5, using: &chance)).map { _ in any(Self.texts) }.joined()
  }

  private mutating func bytes(count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &chance) }
  }

  /// In whole minutes: Python's driver drops the seconds.
  /// Python's own library has no offset of nothing: it makes it the zone `UTC`, and that is what it packs.
  private mutating func offsetButNone() -> Int32 {
    let offset = offset()
    return offset == 0 ? 60 : offset
  }

  private mutating func offset() -> Int32 { .random(in: -1_439...1_439, using: &chance) * 60 }

  private mutating func localTime() -> BoltLocalTime {
    let last = BoltLocalTime.nanosecondsInDay - 1
    let nanosecond = any([0, last, .random(in: 0...last, using: &chance)])
    guard let time = BoltLocalTime(nanosecondOfDay: nanosecond) else {
      preconditionFailure("\(nanosecond) is in a day")
    }
    return time
  }

  private mutating func localDateTime(years: ClosedRange<Int64>, months: [Int] = Array(1...12)) -> BoltLocalDateTime? {
    let (year, day) = (Int64.random(in: years, using: &chance), Int.random(in: 10...20, using: &chance))
    return BoltDate(year: year, month: any(months), day: day).flatMap { BoltLocalDateTime(date: $0, time: localTime()) }
  }

  /// Far from where clocks are changed: which of two equal times is meant is not the codec's matter.
  private mutating func zonedTime() -> BoltValue {
    let zone = BoltTimeZone.identifier(any(Self.zones))
    return localDateTime(years: 1972...2036, months: [1, 2, 6, 7, 12]).flatMap { time in
      (try? BoltDateTime(time, in: zone)).map(BoltValue.dateTime)
    } ?? .null
  }

  private mutating func duration() -> BoltDuration {
    let sign: Int64 = Bool.random(using: &chance) ? 1 : -1
    return BoltDuration(
      months: .random(in: -1_000_000...1_000_000, using: &chance),
      days: .random(in: -1_000_000...1_000_000, using: &chance),
      seconds: sign * .random(in: 0...1_000_000_000, using: &chance),
      nanoseconds: sign * .random(in: 0...999_999_999, using: &chance))
  }

  private mutating func point() -> BoltPoint {
    // Python's driver knows these four reference systems.
    Bool.random(using: &chance)
      ? BoltPoint(x: float(), y: float(), z: Bool.random(using: &chance) ? float() : nil)
      : BoltPoint(longitude: float(), latitude: float(), height: Bool.random(using: &chance) ? float() : nil)
  }

  private mutating func vector() -> BoltVector {
    let (marker, width) = any([(0xC8, 1), (0xC9, 2), (0xCA, 4), (0xCB, 8), (0xC6, 4), (0xC1, 8)] as [(UInt8, Int)])
    return BoltVector(typeMarker: marker, packed: bytes(count: width * any([0, 1, 16, 300]))) ?? .int8([])
  }
}
