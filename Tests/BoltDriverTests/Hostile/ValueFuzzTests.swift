import NIOCore
import Testing

@testable import BoltDriver

@Suite("Values that are broken on the way")
struct ValueFuzzTests {
  private static let dialects = [PackStreamBytes.v4, PackStreamBytes.v5, PackStreamBytes.v6]

  @Test("A value cut at any byte is an error")
  func truncation() throws {
    let bytes = Self.specimen
    _ = try PackStreamBytes.decode(bytes)
    for end in 0..<bytes.count {
      #expect(throws: PackStreamError.self) { try PackStreamBytes.decode(Array(bytes[..<end])) }
    }
  }

  @Test("Every byte of a value replaced by others: a value that can be used, or an error", arguments: UInt64(1)...4)
  func replacement(seed: UInt64) {
    var chance = SeededGenerator(seed: seed)
    let bytes = Self.specimen
    for place in bytes.indices {
      var broken = bytes
      for _ in 0..<8 {
        broken[place] = UInt8.random(in: 0...255, using: &chance)
        if let value = try? PackStreamBytes.decode(broken) { Self.use(value) }
      }
    }
  }

  @Test("Random structures with random fields, in every version", arguments: UInt64(1)...8)
  func structures(seed: UInt64) throws {
    var chance = SeededGenerator(seed: seed)
    let tags: [UInt8] = [
      0x4E, 0x52, 0x72, 0x50, 0x44, 0x54, 0x74, 0x49, 0x69, 0x46, 0x66, 0x64, 0x45, 0x58, 0x59, 0x56, 0x3F, 0x01,
    ]
    for _ in 0..<300 {
      let count = Int.random(in: 0...9, using: &chance)
      var bytes = [0xB0 | UInt8(count), tags.randomElement(using: &chance) ?? 0]
      for _ in 0..<count { bytes += Self.field(&chance, depth: 0) }
      for dialect in Self.dialects { Self.use(try PackStreamBytes.decode(bytes, dialect)) }
    }
  }

  @Test("Random bytes as whole messages of the server", arguments: UInt64(1)...8)
  func messages(seed: UInt64) {
    var chance = SeededGenerator(seed: seed)
    let headers: [[UInt8]] = [[0xB1, 0x70], [0xB1, 0x71], [0xB0, 0x7E], [0xB1, 0x7F], [0xB1, 0x7F, 0xA1], []]
    for _ in 0..<1_000 {
      let header = headers.randomElement(using: &chance) ?? []
      let body = (0..<Int.random(in: 0...40, using: &chance)).map { _ in UInt8.random(in: 0...255, using: &chance) }
      guard let message = try? BoltResponse(ByteBuffer(bytes: header + body), dialect: PackStreamBytes.v6) else {
        continue
      }
      switch message {
      case .failure(let failure): _ = "\(BoltError(failure)) \(failure.isRetryable) \(failure.status)"
      case .success(let metadata): Self.use(.map(metadata))
      case .record, .ignored: break
      }
    }
  }

  /// Everything that may be done with a value, none of which may trap.
  private static func use(_ value: BoltValue) {
    _ = "\(value)"
    _ = value.hashValue
    _ = try? String(boltValue: value)
    _ = try? Int(boltValue: value)
    _ = try? Double(boltValue: value)
    _ = try? Duration(boltValue: value)
    for dialect in dialects { _ = try? PackStreamBytes.encode(value, dialect) }
    switch value {
    case .list(let items): for item in items { use(item) }
    case .map(let entries): for entry in entries.values { use(entry) }
    case .date(let date): _ = date.components
    case .localDateTime(let time): _ = "\(time.date) \(time.time)"
    case .dateTime(let time): _ = time.local
    case .duration(let span): _ = span.fixed
    case .path(let path): _ = "\(path.start) \(path.end) \(path.length)"
    case .vector(let vector): _ = vector.doubles
    default: break
    }
  }

  /// One field: the numbers at which arithmetic breaks, and a few of everything else.
  private static func field(_ chance: inout SeededGenerator, depth: Int) -> [UInt8] {
    func number(_ number: Int64) -> [UInt8] {
      [0xCB] + (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * Int64($0))) }
    }
    let edges: [Int64] = [
      .min, .min + 1, -86_401, -1, 0, 1, 59, 86_400, 999_999_999, 86_399_999_999_999, .max - 1, .max,
    ]
    switch Int.random(in: 0..<(depth < 3 ? 12 : 9), using: &chance) {
    case 0...3: return number(edges.randomElement(using: &chance) ?? 0)
    case 4: return number(Int64.random(in: .min ... .max, using: &chance))
    case 5: return [0x83, 0x55, 0x54, 0x43]
    case 6: return [0xC0]
    case 7: return [0xC1] + (0..<8).map { _ in UInt8.random(in: 0...255, using: &chance) }
    case 8: return [0xCC, 0x01, [0xC1, 0xC6, 0xC8, 0xC9, 0xCA, 0xCB].randomElement(using: &chance) ?? 0]
    case 9:
      let count = Int.random(in: 0...4, using: &chance)
      return (0..<count).reduce(into: [0x90 | UInt8(count)]) { bytes, _ in bytes += field(&chance, depth: depth + 1) }
    case 10: return [0xA1, 0x81, 0x61] + field(&chance, depth: depth + 1)
    default:
      let count = Int.random(in: 0...8, using: &chance)
      let tag: UInt8 = [0x4E, 0x72, 0x44, 0x49, 0x50].randomElement(using: &chance) ?? 0
      return (0..<count).reduce(into: [0xB0 | UInt8(count), tag]) { bytes, _ in
        bytes += field(&chance, depth: depth + 1)
      }
    }
  }

  /// A list with one of nearly everything.
  private static let specimen: [UInt8] = {
    let node: [UInt8] = [0xB4, 0x4E, 0x01, 0x91, 0x81, 0x41, 0xA1, 0x81, 0x6B, 0x07, 0x82, 0x34, 0x3A]
    let bond: [UInt8] = [0xB4, 0x72, 0x02, 0x81, 0x52, 0xA0, 0x81, 0x39]
    let path: [UInt8] = [0xB3, 0x50, 0x91] + node + [0x91] + bond + [0x92, 0x01, 0x00]
    let items: [[UInt8]] = [
      node, path, [0xB1, 0x44, 0xC9, 0x4E, 0x20], [0xB2, 0x54, 0x01, 0x02], [0xB3, 0x49, 0x01, 0x02, 0x03],
      [0xB3, 0x69, 0x01, 0x02, 0x83, 0x55, 0x54, 0x43], [0xB2, 0x64, 0x01, 0x02], [0xB4, 0x45, 0x01, 0x02, 0x03, 0x04],
      [0xB2, 0x56, 0xCC, 0x01, 0xC9, 0xCC, 0x02, 0x00, 0x01], [0xD0, 0x02, 0xC3, 0xA9], [0xCC, 0x02, 0x01, 0x02],
      [0xC1, 0x40, 0x09, 0x21, 0xFB, 0x54, 0x44, 0x2D, 0x18], [0xD8, 0x01, 0x81, 0x78, 0xC3],
    ]
    return [0xD4, UInt8(items.count)] + items.joined()
  }()
}
