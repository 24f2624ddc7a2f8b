import Glibc
// Where the compiler finds the members of `stat` when the whole module is compiled at once.
import SwiftOverlayShims

/// A new file of the state directory, mapped into memory and locked as long as this process lives. What is written to
/// it outlives the process whatever ends it, because the page cache does.
final class MappedFile: Sendable {
  /// How many bytes there are.
  let size: Int
  /// The first byte.
  nonisolated(unsafe) let base: UnsafeMutableRawPointer
  private let file: Int32
  private let temporary: String

  /// Makes a file of zeroes beside the place where ``put(at:)`` will move it.
  ///
  /// - Throws: ``StateDirectoryError``.
  init(size: Int, for path: String) throws(StateDirectoryError) {
    temporary = "\(path).\(getpid())"
    unlink(temporary)
    let file = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StateDirectoryError("create", temporary) }
    // Without its blocks a full disk would end the process by SIGBUS at the first write.
    let status = posix_fallocate(file, 0, off_t(size))
    if status != 0 { errno = status }
    guard status == 0, let base = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), base != MAP_FAILED
    else {
      let error = StateDirectoryError("map", temporary)
      close(file)
      unlink(temporary)
      throw error
    }
    self.size = size
    self.file = file
    self.base = base
  }

  deinit {
    munmap(base, size)
    close(file)
  }

  /// Puts the file in the place of the one at `path`. The old file's inode stays with its owner, who may still be
  /// draining.
  ///
  /// - Throws: ``StateDirectoryError``.
  func put(at path: String) throws(StateDirectoryError) {
    // The lock tells a living owner from a dead one; pids do not, a container's first process always has the same.
    flock(file, LOCK_EX | LOCK_NB)
    guard rename(temporary, path) == 0 else {
      let error = StateDirectoryError("rename to", path)
      unlink(temporary)
      throw error
    }
  }
}
