import Glibc

/// A mapped file of the state directory in which a worker process leaves its figures for those who watch the fleet.
///
/// Publishing copies some kilobytes and never waits for a disk. A reader that comes in the middle of it sees from the
/// checksum that it must look again.
package final class FiguresFile: Sendable {
  private enum Layout {
    static let magicValue: UInt64 = 0x3147_4946_5552_5431
    static let magic = 0
    static let pid = 8
    static let count = 12
    static let checksum = 16
    static let content = 32
  }

  /// More than any worker writes; bounds what garbage can make us hold.
  private static let limit = 16 * 1_024 * 1_024
  private static let attempts = 5

  private let map: MappedFile

  /// The figures file of a process slot.
  package static func path(in directory: String, slot: Int) -> String { "\(directory)/worker-\(slot).figures" }

  /// Makes a fresh file for this process and puts it in the place of the one before.
  ///
  /// - Parameter capacity: How many bytes may be published at once.
  /// - Throws: ``StateDirectoryError``.
  package init(path: String, capacity: Int) throws(StateDirectoryError) {
    map = try MappedFile(size: Layout.content + capacity, for: path)
    map.base.storeBytes(of: UInt32(bitPattern: getpid()), toByteOffset: Layout.pid, as: UInt32.self)
    map.base.storeBytes(of: Layout.magicValue, toByteOffset: Layout.magic, as: UInt64.self)
    try map.put(at: path)
  }

  /// Replaces what was published before. Called by one thread at a time.
  ///
  /// - Returns: False when it is too much, and nothing was changed.
  package func publish(_ bytes: [UInt8]) -> Bool {
    guard bytes.count <= map.size - Layout.content else { return false }
    // Before anything is changed: a reader finds the parts together nearly always.
    let checksum = Self.checksum(bytes[...])
    bytes.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      (map.base + Layout.content).copyMemory(from: source, byteCount: bytes.count)
    }
    map.base.storeBytes(of: UInt32(bytes.count), toByteOffset: Layout.count, as: UInt32.self)
    map.base.storeBytes(of: checksum, toByteOffset: Layout.checksum, as: UInt64.self)
    return true
  }

  /// What the process `pid` has published; nil when it has published nothing yet, or the file is another's.
  package static func read(path: String, pid: Int32) -> [UInt8]? {
    for _ in 0..<attempts {
      guard let bytes = SmallFile.read(path, limit: limit), bytes.count >= Layout.content else { return nil }
      let header = bytes.withUnsafeBytes { bytes in
        (
          magic: bytes.loadUnaligned(fromByteOffset: Layout.magic, as: UInt64.self),
          pid: bytes.loadUnaligned(fromByteOffset: Layout.pid, as: UInt32.self),
          count: Int(bytes.loadUnaligned(fromByteOffset: Layout.count, as: UInt32.self)),
          checksum: bytes.loadUnaligned(fromByteOffset: Layout.checksum, as: UInt64.self)
        )
      }
      guard header.magic == Layout.magicValue, Int32(bitPattern: header.pid) == pid, header.count > 0 else {
        return nil
      }
      guard header.count <= bytes.count - Layout.content else { continue }
      let content = bytes[Layout.content..<(Layout.content + header.count)]
      if checksum(content) == header.checksum { return Array(content) }
    }
    return nil
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    var digest = ContentDigest()
    bytes.withUnsafeBytes { digest.append($0) }
    return digest.value
  }
}
