import Glibc

/// What a state file said when it was read.
package struct WorkerSnapshot: Sendable, Equatable {
  /// The worker's figures since its start.
  package struct Counters: Sendable, Equatable {
    /// Messages that ran to an outcome.
    package var processed: UInt64 = 0
    /// Of these, those whose actor failed.
    package var failed: UInt64 = 0
    /// Retry copies published.
    package var retried: UInt64 = 0
    /// Dead letters published.
    package var dead: UInt64 = 0
    /// Deliveries that the broker had delivered before.
    package var redelivered: UInt64 = 0
    /// Settlements that came too late for their channel and were not sent.
    package var staleSettles: UInt64 = 0
    /// Runs that went on after time limit and grace.
    package var stuck: UInt64 = 0
    /// Messages running now.
    package var running: UInt64 = 0

    package init() {}
  }

  /// The process.
  package var pid: Int32
  /// A number that no other process has: pids and inodes come again. Zero in a file that has none.
  package var life: UInt64
  /// ``MonotonicClock`` nanoseconds of the last sign of life.
  package var heartbeat: UInt64
  /// What it is doing.
  package var state: WorkerState
  /// Why, when it is not simply consuming.
  package var reason: String
  /// Its figures.
  package var counters: Counters
  /// The keys of the messages that were running, one for each busy slot.
  package var running: [String]

  /// How long ago the last sign of life was.
  package var heartbeatAge: Duration {
    let now = MonotonicClock.now
    return .nanoseconds(Int64(clamping: now > heartbeat ? now - heartbeat : 0))
  }

  /// Takes a snapshot apart.
  ///
  /// - Returns: nil when the bytes are no state file of this version. A file cut short or half written gives what can
  ///   be trusted of it.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    typealias Layout = WorkerStateLayout
    guard bytes.count >= Layout.headerSize,
      bytes.loadUnaligned(fromByteOffset: Layout.magic, as: UInt64.self) == Layout.magicValue,
      let state = WorkerState(rawValue: bytes.loadUnaligned(fromByteOffset: Layout.state, as: UInt32.self))
    else { return nil }
    self.state = state
    pid = Int32(truncatingIfNeeded: bytes.loadUnaligned(fromByteOffset: Layout.pid, as: UInt32.self))
    life = bytes.loadUnaligned(fromByteOffset: Layout.life, as: UInt64.self)
    heartbeat = bytes.loadUnaligned(fromByteOffset: Layout.heartbeat, as: UInt64.self)
    counters = Counters()
    for (index, counter) in Layout.counterOrder.enumerated() {
      counters[keyPath: counter] = bytes.loadUnaligned(
        fromByteOffset: Layout.counters + index * 8, as: UInt64.self)
    }
    reason = Self.text(bytes, at: Layout.reason, capacity: Layout.reasonCapacity) ?? ""
    running = Self.entries(of: bytes).compactMap { Self.text(bytes, at: $0, capacity: Layout.keyCapacity) }
  }

  /// Whether the bytes of a state file list a message as running, found out without taking them apart.
  static func lists(_ key: String, in bytes: UnsafeRawBufferPointer) -> Bool {
    typealias Layout = WorkerStateLayout
    guard bytes.count >= Layout.headerSize,
      bytes.loadUnaligned(fromByteOffset: Layout.magic, as: UInt64.self) == Layout.magicValue
    else { return false }
    var key = key
    return key.withUTF8 { key in
      guard (1...Layout.keyCapacity).contains(key.count) else { return false }
      return entries(of: bytes).contains { entry in
        bytes.loadUnaligned(fromByteOffset: entry, as: UInt32.self) == UInt32(key.count)
          && bytes[(entry + 4)..<(entry + 4 + key.count)].elementsEqual(key)
      }
    }
  }

  /// Where the entries for running messages are, as far as the bytes go.
  private static func entries(of bytes: UnsafeRawBufferPointer) -> StrideTo<Int> {
    typealias Layout = WorkerStateLayout
    let declared = Int(bytes.loadUnaligned(fromByteOffset: Layout.slotCount, as: UInt32.self))
    let slots = min(declared, (bytes.count - Layout.headerSize) / Layout.entrySize)
    return stride(from: Layout.headerSize, to: Layout.headerSize + slots * Layout.entrySize, by: Layout.entrySize)
  }

  /// A text with its length in front; nil when it is empty or its length cannot be.
  private static func text(_ bytes: UnsafeRawBufferPointer, at offset: Int, capacity: Int) -> String? {
    let count = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    guard (1...capacity).contains(count), offset + 4 + count <= bytes.count else { return nil }
    return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[(offset + 4)..<(offset + 4 + count)]), as: UTF8.self)
  }
}

/// Where things are in a state file. Numbers are in the order of the machine: the file never leaves it.
enum WorkerStateLayout {
  static let magicValue: UInt64 = 0x3157_4550_5552_5431
  static let magic = 0
  static let pid = 8
  static let state = 12
  static let heartbeat = 16
  static let counters = 24
  static let slotCount = 88
  static let reason = 92
  static let reasonCapacity = 480
  static let life = 576
  static let headerSize = 640
  static let entrySize = 128
  static let keyCapacity = 120

  static let counterOrder: [any WritableKeyPath<WorkerSnapshot.Counters, UInt64> & Sendable] = [
    \.processed, \.failed, \.retried, \.dead, \.redelivered, \.staleSettles, \.stuck, \.running,
  ]
}
