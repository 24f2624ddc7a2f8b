import FoundationEssentials
import Glibc

/// The file that names the supervisor's process. Made anew with `O_EXCL` and `O_NOFOLLOW`: nothing that lies there, and
/// nothing that a link points to, is ever overwritten.
struct PidFile: ~Copyable {
  private let path: String
  private let identity: (device: dev_t, inode: ino_t)

  /// Makes the file. One whose process has ended is replaced; any other is left untouched.
  ///
  /// - Throws: ``CommandFailure`` with code 4.
  init(at path: String) throws(CommandFailure) {
    for _ in 0..<8 {
      let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
      if file >= 0 {
        defer { close(file) }
        // The umask must not take the right to read away from those who watch the service.
        fchmod(file, 0o644)
        let line = Array("\(getpid())\n".utf8)
        guard Glibc.write(file, line, line.count) == line.count else {
          unlink(path)
          throw Self.failure(path, "cannot be written: \(SystemError.text(errno))")
        }
        self.path = path
        identity = Self.identity(of: file) ?? (0, 0)
        return
      }
      guard errno == EEXIST else { throw Self.failure(path, "cannot be made: \(SystemError.text(errno))") }
      try Self.removeStale(path)
    }
    throw Self.failure(path, "is being made and removed by others all the time")
  }

  /// Removes the file if it is still this one. Done by hand, because a process that calls `exit` runs no `deinit`.
  func remove() {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    // A file system may give the number of a removed file to the next one, so the content has to fit as well.
    guard let found = Self.identity(of: file), found == identity, (try? Self.content(of: file, path)) == getpid()
    else { return }
    unlink(path)
  }

  private static func removeStale(_ path: String) throws(CommandFailure) {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    if file < 0 && errno == ENOENT { return }
    guard file >= 0 else { throw failure(path, "is no plain file, or cannot be read: \(SystemError.text(errno))") }
    defer { close(file) }
    // Two starters may see the same stale file: only the one that holds the lock on what still lies there removes it.
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else { return }
    let pid = try content(of: file, path)
    // A container gives every start the same pid: a file that names this very process is an old one.
    guard pid == getpid() || (kill(pid, 0) != 0 && errno == ESRCH) else {
      throw failure(path, "names the live process \(pid); stop that one first, or choose another --pid-file")
    }
    let still = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard still >= 0 else { return }
    defer { close(still) }
    if let here = identity(of: file), let there = identity(of: still), here == there { unlink(path) }
  }

  private static func content(of file: Int32, _ path: String) throws(CommandFailure) -> pid_t {
    var buffer = [UInt8](repeating: 0, count: 32)
    let count = read(file, &buffer, buffer.count)
    let digits = buffer.prefix(max(count, 0)).reversed().drop { $0 == 0x0A || $0 == 0x20 || $0 == 0x0D }.reversed()
    guard count >= 0, !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }),
      let pid = pid_t(String(decoding: digits, as: UTF8.self)), pid > 0
    else { throw failure(path, "holds something other than a process id; it is left as it is") }
    return pid
  }

  private static func identity(of file: Int32) -> (device: dev_t, inode: ino_t)? {
    var status = stat()
    guard fstat(file, &status) == 0 else { return nil }
    return (status.st_dev, status.st_ino)
  }

  private static func failure(_ path: String, _ what: String) -> CommandFailure {
    CommandFailure(.pidFile, "the pid file \(Printable.escape(path)) \(what)")
  }
}
