import Glibc
// Where the compiler finds the members of `stat` when the whole module is compiled at once.
import SwiftOverlayShims

/// An open state file of any worker, dead or alive. It stays readable when another file takes its place.
final class WorkerStateReader: Sendable {
  /// More than any worker writes; bounds what garbage can make us hold.
  private static let limit = 4 * 1_024 * 1_024

  private let file: Int32

  /// Opens a file; nil when there is none.
  init?(path: String) {
    file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    if file < 0 { return nil }
  }

  deinit { close(file) }

  /// What the file says now; nil when it is none of ours.
  var snapshot: WorkerSnapshot? { withBytes { WorkerSnapshot($0) } ?? nil }

  /// Whether the file lists a message as running.
  func lists(_ key: String) -> Bool { withBytes { WorkerSnapshot.lists(key, in: $0) } ?? false }

  /// Whether the process that the file belongs to is gone.
  ///
  /// Its lock tells, not its pid: a container's first process always has the same. Shared, so that two who look at once
  /// do not take each other for the owner.
  var isOwnerGone: Bool {
    guard flock(file, LOCK_SH | LOCK_NB) == 0 else { return false }
    flock(file, LOCK_UN)
    return true
  }

  private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
    var status = stat()
    guard fstat(file, &status) == 0, (1...Self.limit).contains(Int(status.st_size)) else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: Int(status.st_size), alignment: 8) { buffer in
      var filled = 0
      while filled < buffer.count {
        let count = pread(file, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, off_t(filled))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        filled += count
      }
      return body(UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
    }
  }
}
