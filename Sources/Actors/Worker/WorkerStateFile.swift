import Glibc
import Synchronization

/// A mapped file in which a worker process leaves its signs of life and the messages it is running.
///
/// It outlives the process whatever ends it, so the supervisor learns from it which messages a crash may be blamed on.
/// Writing costs a few stores; nothing is ever flushed, because the page cache survives the process.
package final class WorkerStateFile: Sendable {
  private typealias Layout = WorkerStateLayout

  /// How many entries for running messages there are.
  package let slotCount: Int
  private let map: MappedFile
  private nonisolated(unsafe) let base: UnsafeMutableRawPointer

  /// The state file of a process slot.
  package static func path(in directory: String, slot: Int) -> String { "\(directory)/worker-\(slot).state" }

  /// Whether a file of the state directory is the state file of some slot.
  static func isName(_ name: String) -> Bool { slot(ofName: name) != nil }

  /// The slot that a file of the state directory belongs to; nil when it is no state file.
  package static func slot(ofName name: String) -> Int? {
    guard name.hasPrefix("worker-"), name.hasSuffix(".state") else { return nil }
    return Int(name.dropFirst("worker-".count).dropLast(".state".count))
  }

  /// Makes a fresh state file for this process and puts it in the place of the one before.
  ///
  /// - Throws: ``StateDirectoryError``.
  package init(path: String, slotCount: Int) throws(StateDirectoryError) {
    let map = try MappedFile(size: Layout.headerSize + slotCount * Layout.entrySize, for: path)
    self.map = map
    base = map.base
    self.slotCount = slotCount
    base.storeBytes(of: UInt32(bitPattern: getpid()), toByteOffset: Layout.pid, as: UInt32.self)
    base.storeBytes(of: UInt32(clamping: slotCount), toByteOffset: Layout.slotCount, as: UInt32.self)
    base.storeBytes(of: UInt64.random(in: 1...UInt64.max), toByteOffset: Layout.life, as: UInt64.self)
    set(.starting, reason: "")
    beat(WorkerSnapshot.Counters())
    base.storeBytes(of: Layout.magicValue, toByteOffset: Layout.magic, as: UInt64.self)
    try map.put(at: path)
  }

  /// Notes that the message of this key runs in a slot.
  package func begin(_ slot: Int, key: String) {
    guard slot < slotCount else { return }
    let entry = Layout.headerSize + slot * Layout.entrySize
    var key = key
    let count = key.withUTF8 { bytes in
      let count = min(bytes.count, Layout.keyCapacity)
      if let source = bytes.baseAddress { (base + entry + 4).copyMemory(from: source, byteCount: count) }
      return count
    }
    word(at: entry).pointee.store(UInt32(truncatingIfNeeded: count), ordering: .releasing)
  }

  /// Notes that a slot runs nothing.
  package func end(_ slot: Int) {
    guard slot < slotCount else { return }
    word(at: Layout.headerSize + slot * Layout.entrySize).pointee.store(0, ordering: .releasing)
  }

  /// Notes what the process is doing, and why.
  package func set(_ state: WorkerState, reason: String) {
    word(at: Layout.state).pointee.store(state.rawValue, ordering: .releasing)
    word(at: Layout.reason).pointee.store(0, ordering: .releasing)
    let bytes = Array(reason.utf8.prefix(Layout.reasonCapacity))
    bytes.withUnsafeBytes { source in
      if let address = source.baseAddress {
        (base + Layout.reason + 4).copyMemory(from: address, byteCount: source.count)
      }
    }
    word(at: Layout.reason).pointee.store(UInt32(truncatingIfNeeded: bytes.count), ordering: .releasing)
  }

  /// Gives a sign of life, with the figures of now.
  package func beat(_ counters: WorkerSnapshot.Counters) {
    for (index, counter) in Layout.counterOrder.enumerated() {
      base.storeBytes(of: counters[keyPath: counter], toByteOffset: Layout.counters + index * 8, as: UInt64.self)
    }
    base.storeBytes(of: MonotonicClock.now, toByteOffset: Layout.heartbeat, as: UInt64.self)
  }

  /// Notes an end in order: nothing that this file lists was killed by a crash.
  package func markStopped() {
    for slot in 0..<slotCount { end(slot) }
    set(.stopped, reason: "")
  }

  private func word(at offset: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
    (base + offset).assumingMemoryBound(to: Atomic<UInt32>.self)
  }
}

extension WorkerStateFile {
  /// What a state file says; nil when there is none or it is none of ours.
  package static func read(path: String) -> WorkerSnapshot? { WorkerStateReader(path: path)?.snapshot }

  /// What a state file says whose owner lives; nil when there is none such.
  package static func readLiving(path: String) -> WorkerSnapshot? {
    guard let file = WorkerStateReader(path: path), !file.isOwnerGone else { return nil }
    return file.snapshot
  }

  /// What a dead worker left in its state file; nil when its owner lives, ended in order, or there is no file.
  package static func readLeftover(path: String) -> WorkerSnapshot? {
    guard let file = WorkerStateReader(path: path), file.isOwnerGone, let snapshot = file.snapshot,
      snapshot.state != .stopped
    else { return nil }
    return snapshot
  }
}
