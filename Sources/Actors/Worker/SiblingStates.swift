import FoundationEssentials
import Synchronization

/// The workers that share a state directory, as one of them sees them: which have died with a message?
///
/// The broker gives a dead worker's messages to the living within milliseconds, often before the supervisor has read what
/// the dead one left behind.
final class SiblingStates: Sendable {
  /// For how long the files are known without looking again, in nanoseconds: much shorter than the way of a new worker
  /// from its state file to its first message. Whether their owners live is looked up every time.
  private static let patience: UInt64 = 5_000_000

  private struct Listing {
    var time: UInt64?
    var files: [WorkerStateReader] = []
  }

  private let directory: String
  private let listing = Lock(Listing())

  init(directory: String) { self.directory = directory }

  /// What the workers left behind that were running this message when they died. Nothing else is looked at closely.
  func deaths(with key: String) -> [WorkerSnapshot] {
    files.compactMap { file in
      // What counts is what the file says once nobody writes to it any more.
      guard file.lists(key), let pid = file.snapshot?.pid, isDead(file, pid), let snapshot = file.snapshot,
        snapshot.state != .stopped
      else { return nil }
      return snapshot
    }
  }

  private var files: [WorkerStateReader] {
    listing.withLock { listing in
      let now = MonotonicClock.now
      if let time = listing.time, now &- time < Self.patience { return listing.files }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
      let files = names.filter(WorkerStateFile.isName).compactMap { WorkerStateReader(path: "\(directory)/\($0)") }
      listing = Listing(time: now, files: files)
      return files
    }
  }

  /// A process that ends may close its connection a little before it lets go of the lock.
  private func isDead(_ file: WorkerStateReader, _ pid: Int32) -> Bool {
    if file.isOwnerGone || ProcessEnd.hasBegun(pid) { return true }
    // It may have ended, and its pid been forgotten, between the two looks.
    return file.isOwnerGone
  }
}
