/// The parts of a compiled file of the tz database (RFC 8536), version 2 or later.
struct TimeZoneFile {
  let changes: [Int64]
  let offsets: [Int32]
  let firstOffset: Int32
  /// The rule for the time behind the last change, as POSIX writes it; empty for none.
  let footer: String

  /// Returns nil when the bytes are no such file.
  init?(_ bytes: [UInt8]) {
    // The first block, of 32 bits, is there for readers of long ago.
    guard let old = Header(bytes, at: 0), old.version >= UInt8(ascii: "2"),
      let header = Header(bytes, at: Header.size + old.length(timeSize: 4))
    else { return nil }
    var at = header.start + Header.size
    guard bytes.count - at >= header.length(timeSize: 8), header.types > 0 else { return nil }
    let times = (0..<header.times).map { Self.integer(bytes, at: at + 8 * $0, size: 8) }
    at += 8 * header.times
    let indices = bytes[at..<at + header.times].map(Int.init)
    at += header.times
    let types = (0..<header.types).map { Int32(truncatingIfNeeded: Self.integer(bytes, at: at + 6 * $0, size: 4)) }
    let isRising = zip(times, times.dropFirst()).allSatisfy { $0 < $1 }
    guard isRising, indices.allSatisfy({ $0 < types.count }), types.allSatisfy({ abs(Int64($0)) < 200_000 }) else {
      return nil
    }
    changes = times
    offsets = indices.map { types[$0] }
    firstOffset = types[0]
    let end = header.start + Header.size + header.length(timeSize: 8)
    let line = bytes[end...].drop { $0 == UInt8(ascii: "\n") }.prefix { $0 != UInt8(ascii: "\n") }
    footer = String(decoding: line, as: UTF8.self)
  }

  /// The counts at the beginning of a block.
  private struct Header {
    static let size = 44
    let start: Int
    let version: UInt8
    let times: Int
    let types: Int
    private let others: Int
    private let leaps: Int

    init?(_ bytes: [UInt8], at start: Int) {
      guard start >= 0, bytes.count - start >= Self.size, bytes[start..<start + 4].elementsEqual("TZif".utf8) else {
        return nil
      }
      self.start = start
      version = bytes[start + 4]
      let counts = (0..<6).map { TimeZoneFile.integer(bytes, at: start + 20 + 4 * $0, size: 4) }
      // No count of a file of this size can be larger than the file.
      guard counts.allSatisfy({ $0 >= 0 && $0 <= bytes.count }) else { return nil }
      others = Int(counts[0] + counts[1] + counts[5])
      leaps = Int(counts[2])
      times = Int(counts[3])
      types = Int(counts[4])
    }

    /// How many bytes follow the counts.
    func length(timeSize: Int) -> Int { times * (timeSize + 1) + types * 6 + others + leaps * (timeSize + 4) }
  }

  /// An integer, the most significant byte first.
  private static func integer(_ bytes: [UInt8], at start: Int, size: Int) -> Int64 {
    let number = bytes[start..<start + size].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return size == 4 ? Int64(Int32(truncatingIfNeeded: number)) : Int64(bitPattern: number)
  }
}
