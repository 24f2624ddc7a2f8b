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
  /// The most messages that are remembered; the oldest are forgotten first.
  private static let capacity = 10_000

  private struct Entry: Codable, Sendable {
    var count: Int
    var last: Int64
  }

  private struct Document: Codable, Sendable {
    var schema = "troupe.crashes/1"
    var crashes: [String: Entry] = [:]
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
    var crashes: [String: Entry] = [:]
  }

  private let path: String
  private let now: @Sendable () -> Int64
  private let cache = Lock(Cache())

  /// The ledger of a state directory. Nothing is opened before it is used.
  ///
  /// - Parameters:
  ///   - directory: The state directory; it must exist.
  ///   - now: Unix milliseconds, for tests.
  package init(directory: String, now: @escaping @Sendable () -> Int64 = { WallClock.now }) {
    path = "\(directory)/crashes.json"
    self.now = now
  }

  /// Counts one crash for every message that was running in it.
  ///
  /// - Throws: ``StateDirectoryError``.
  package func recordCrash(of keys: [String]) throws {
    guard !keys.isEmpty else { return }
    let time = now()
    try update { crashes in
      for key in Set(keys) {
        let count = crashes[key]?.count ?? 0
        crashes[key] = Entry(count: min(count, 1_000) + 1, last: time)
      }
    }
  }

  /// What is known against a message. Cheap when the file has not changed: one `stat`.
  package func verdict(of key: String) -> CrashVerdict {
    let entry = cache.withLock { cache in
      refresh(&cache)
      return cache.crashes[key]
    }
    guard let entry, !isExpired(entry) else { return .clear }
    if entry.count >= Self.condemnation { return .condemned(crashes: entry.count) }
    return entry.count >= Self.suspicion ? .suspect(crashes: entry.count) : .clear
  }

  /// Forgets a message: it ran to its end, or it is dead-lettered.
  ///
  /// - Throws: ``StateDirectoryError``.
  package func clear(_ key: String) throws {
    let isKnown = cache.withLock { cache in
      refresh(&cache)
      return cache.crashes[key] != nil
    }
    if isKnown { try update { $0[key] = nil } }
  }

  private func isExpired(_ entry: Entry) -> Bool {
    let age = now().subtractingReportingOverflow(entry.last)
    return age.overflow || age.partialValue > Self.memory
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
    cache = Cache(version: version, crashes: read())
  }

  /// An unreadable ledger counts as empty: forgetting a crash is safe, refusing to work is not.
  private func read() -> [String: Entry] {
    guard let bytes = SmallFile.read(path, limit: 16 * 1_024 * 1_024),
      let document = try? JSONDecoder().decode(Document.self, from: Data(bytes))
    else { return [:] }
    return document.crashes
  }

  /// Changes the ledger under a lock that other processes respect, by replacing the file whole.
  private func update(_ change: (inout [String: Entry]) -> Void) throws {
    let lockPath = path + ".lock"
    let lock = open(lockPath, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard lock >= 0 else { throw StateDirectoryError("open", lockPath) }
    defer { close(lock) }
    while flock(lock, LOCK_EX) != 0 {
      guard errno == EINTR else { throw StateDirectoryError("lock", lockPath) }
    }
    var crashes = read()
    change(&crashes)
    crashes = crashes.filter { !isExpired($0.value) }
    if crashes.count > Self.capacity {
      let kept = crashes.sorted { $0.value.last > $1.value.last }.prefix(Self.capacity)
      crashes = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
    try SmallFile.replace(path, with: Array(JSONEncoder().encode(Document(crashes: crashes))))
  }
}
