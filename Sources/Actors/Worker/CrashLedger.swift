import FoundationEssentials
import Glibc
// Where the compiler finds the members of `timespec` when the whole module is compiled at once.
import SwiftOverlayShims
import Synchronization

/// What the ledger says about a message that the broker delivers again.
package enum CrashVerdict: Sendable, Hashable {
  /// It was running in at most one crash: it runs as any other.
  case clear
  /// It was running in so many crashes: it runs alone, so that a further one convicts nobody else.
  case suspect(crashes: Int)
  /// It was running in three crashes, alone in the last: it is not run again.
  case condemned(crashes: Int)
}

/// Counts, over all processes that share a state directory, in how many crashes a message was running.
///
/// One message whose actor traps takes its process and every neighbour down. From its second crash a message is a
/// suspect and runs alone; the third condemns it, and the neighbours, having run to their end alone, are cleared.
package final class CrashLedger: Sendable {
  /// From how many crashes a message is a suspect.
  package static let suspicion = 2
  /// From how many crashes a message is condemned.
  package static let condemnation = 3
  /// How long a crash is remembered, in milliseconds.
  private static let memory: Int64 = 24 * 3_600 * 1_000
  /// How long a condemned message is remembered after its dead letter, in milliseconds.
  private static let memoryOfParked: Int64 = 60 * 1_000
  /// The most messages that are remembered; the oldest are forgotten first.
  private static let capacity = 10_000

  private struct Entry: Codable, Sendable {
    var count: Int
    var last: Int64
    /// When its dead letter was safe.
    var parked: Int64?
  }

  private struct Document: Codable, Sendable {
    var schema = "troupe.crashes/1"
    var crashes: [String: Entry] = [:]
    /// The lives whose end has been dealt with, and when, in Unix milliseconds. Not there before the first.
    var ended: [String: Int64]?
  }

  /// Tells one version of the file from another.
  private struct Version: Equatable {
    var inode: ino_t
    var size: off_t
    var seconds: Int
    var nanoseconds: Int
  }

  private struct Cache {
    var version: Version?
    var document = Document()
  }

  private let path: String
  private let siblings: SiblingStates
  private let now: @Sendable () -> Int64
  private let cache = Lock(Cache())

  /// The ledger of a state directory. Nothing is opened before it is used.
  ///
  /// - Parameters:
  ///   - directory: The state directory; it must exist.
  ///   - now: Unix milliseconds, for tests.
  package init(directory: String, now: @escaping @Sendable () -> Int64 = { WallClock.now }) {
    path = "\(directory)/crashes.json"
    siblings = SiblingStates(directory: directory)
    self.now = now
  }

  /// Counts one crash for every message that was running in it.
  ///
  /// - Parameter life: The ``WorkerSnapshot/life`` of the process that crashed. Its supervisor and its siblings all tell
  ///   of the same crash; the first is heard. Without one (zero) every call counts.
  /// - Throws: ``StateDirectoryError``.
  package func recordCrash(of keys: [String], life: UInt64 = 0) throws {
    guard !keys.isEmpty, !hasEnded(life) else { return }
    let time = now()
    try update { document in
      guard Self.end(life, at: time, in: &document) else { return }
      for key in Set(keys) {
        // Put back by hand since it was parked, it has a fresh start.
        let count = document.crashes[key].map { $0.parked == nil ? $0.count : 0 } ?? 0
        document.crashes[key] = Entry(count: min(count, 1_000) + 1, last: time)
      }
    }
  }

  /// Notes that the end of a process proves nothing against the messages it is running.
  ///
  /// - Throws: ``StateDirectoryError``.
  package func pardon(life: UInt64) throws {
    guard life != 0 else { return }
    let time = now()
    try update { _ = Self.end(life, at: time, in: &$0) }
  }

  /// Counts the crashes that a message was running in and that nobody has counted yet. Cheap unless there is one: it
  /// reads the siblings' state files.
  ///
  /// - Throws: ``StateDirectoryError``.
  package func countCrashes(with key: String) throws {
    for death in siblings.deaths(with: key) where death.life != 0 && death.heartbeatAge < .milliseconds(Self.memory) {
      try recordCrash(of: death.running, life: death.life)
    }
  }

  /// What is known against a message. Cheap when the file has not changed: one `stat`.
  package func verdict(of key: String) -> CrashVerdict {
    let entry = cache.withLock { cache in
      refresh(&cache)
      return cache.document.crashes[key]
    }
    guard let entry, !isExpired(entry) else { return .clear }
    if entry.count >= Self.condemnation { return .condemned(crashes: entry.count) }
    return entry.count >= Self.suspicion ? .suspect(crashes: entry.count) : .clear
  }

  /// Notes that the dead letter of a condemned message is safe: it will be forgotten, but not before its acknowledgement
  /// is sure to have come through. Should another message end the process first, this one comes once more.
  ///
  /// - Throws: ``StateDirectoryError``.
  package func park(_ key: String) throws {
    let time = now()
    try update { $0.crashes[key]?.parked = time }
  }

  /// Forgets a message: it ran to its end.
  ///
  /// - Throws: ``StateDirectoryError``.
  package func clear(_ key: String) throws {
    let isKnown = cache.withLock { cache in
      refresh(&cache)
      return cache.document.crashes[key] != nil
    }
    if isKnown { try update { $0.crashes[key] = nil } }
  }

  private func hasEnded(_ life: UInt64) -> Bool {
    cache.withLock { cache in
      refresh(&cache)
      return cache.document.ended?[String(life)] != nil
    }
  }

  /// Notes the end of a life.
  ///
  /// - Returns: False when it was noted before.
  private static func end(_ life: UInt64, at time: Int64, in document: inout Document) -> Bool {
    if life == 0 { return true }
    var ended = document.ended ?? [:]
    defer { document.ended = ended }
    return ended.updateValue(time, forKey: String(life)) == nil
  }

  private func isExpired(_ entry: Entry) -> Bool {
    if let parked = entry.parked, isPast(parked, Self.memoryOfParked) { return true }
    return isPast(entry.last, Self.memory)
  }

  private func isPast(_ time: Int64, _ memory: Int64) -> Bool {
    let age = now().subtractingReportingOverflow(time)
    return age.overflow || age.partialValue > memory
  }

  private func refresh(_ cache: inout Cache) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      cache = Cache()
      return
    }
    let version = Version(
      inode: status.st_ino, size: status.st_size, seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    guard version != cache.version else { return }
    cache = Cache(version: version, document: read())
  }

  /// An unreadable ledger counts as empty: forgetting a crash is safe, refusing to work is not.
  private func read() -> Document {
    guard let bytes = SmallFile.read(path, limit: 16 * 1_024 * 1_024),
      let document = try? JSONDecoder().decode(Document.self, from: Data(bytes))
    else { return Document() }
    return document
  }

  /// Changes the ledger under a lock that other processes respect, by replacing the file whole.
  private func update(_ change: (inout Document) -> Void) throws {
    let lockPath = path + ".lock"
    let lock = open(lockPath, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard lock >= 0 else { throw StateDirectoryError("open", lockPath) }
    defer { close(lock) }
    while flock(lock, LOCK_EX) != 0 {
      guard errno == EINTR else { throw StateDirectoryError("lock", lockPath) }
    }
    var document = read()
    change(&document)
    document.crashes = newest(document.crashes.filter { !isExpired($0.value) }, time: \.last)
    document.ended = document.ended.map { ended in
      newest(ended.filter { !isPast($0.value, Self.memory) }, time: \.self)
    }
    try SmallFile.replace(path, with: Array(JSONEncoder().encode(document)))
    // The next look reads it again: within one tick of the clock two files can have the same marks.
    cache.withLock { $0.version = nil }
  }

  /// No more than the capacity.
  private func newest<Value>(_ values: [String: Value], time: (Value) -> Int64) -> [String: Value] {
    guard values.count > Self.capacity else { return values }
    let newest = values.sorted { time($0.value) > time($1.value) }.prefix(Self.capacity)
    return Dictionary(uniqueKeysWithValues: newest.map { ($0.key, $0.value) })
  }
}
