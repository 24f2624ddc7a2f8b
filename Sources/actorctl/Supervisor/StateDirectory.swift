import FoundationEssentials
import Glibc

/// The folder through which the supervisor and its workers share state files and the crash ledger. Belongs to one fleet
/// at a time (a lock that ends with the process), and to one user.
final class StateDirectory: Sendable {
  /// Where it is.
  let path: String
  /// Keeps the lock.
  private let lock: Int32

  private init(path: String, lock: Int32) {
    self.path = path
    self.lock = lock
  }

  deinit { close(lock) }

  /// The folder given.
  ///
  /// - Throws: ``CommandFailure`` when another fleet uses it, or when it is not ours alone.
  static func claim(_ path: String) throws(CommandFailure) -> StateDirectory {
    try make(path)
    guard let directory = try lock(path) else {
      throw CommandFailure(
        .configuration,
        "the state folder \(Printable.escape(path)) is used by another fleet; choose another --state-dir")
    }
    return directory
  }

  /// The folder of this application started from this place. A second fleet of the same gets one of its own.
  static func claimDefault(
    for executable: String, workingDirectory: String, environment: [String: String]
  ) throws(CommandFailure) -> StateDirectory {
    let root = root(environment)
    try make(root)
    let name = name(of: executable, in: workingDirectory)
    for number in 1...64 {
      let path = number == 1 ? "\(root)/\(name)" : "\(root)/\(name)-\(number)"
      try make(path)
      if let directory = try lock(path) { return directory }
    }
    throw CommandFailure(
      .configuration, "64 fleets of \(executable) run from here already; give this one a --state-dir")
  }

  /// Where the folders of all fleets of this user are that were given none.
  private static func root(_ environment: [String: String]) -> String {
    let base = environment["XDG_RUNTIME_DIR"].flatMap { $0.hasPrefix("/") ? "\($0)/troupe" : nil }
    return base ?? "/tmp/troupe-\(getuid())"
  }

  /// The folders of all fleets of this user that were given none.
  static func folders(_ environment: [String: String]) -> [String] {
    let root = root(environment)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return names.sorted().map { "\(root)/\($0)" }
  }

  static func name(of executable: String, in workingDirectory: String) -> String {
    let plain = executable.split(separator: "/").last.map(String.init) ?? "worker"
    let safe = plain.unicodeScalars.map { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "-_".unicodeScalars.contains(scalar))
        ? Character(scalar) : "_"
    }
    return "\(String(safe.prefix(64)))-\(StableHash.text(of: "\(workingDirectory)\u{0}\(executable)".utf8))"
  }

  /// Makes the folder, or checks that the one that is there is a real folder and ours alone: in `/tmp` anybody could
  /// have put one there before us.
  private static func make(_ path: String) throws(CommandFailure) {
    if mkdir(path, 0o700) != 0 {
      if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
        try makeParents(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure(path, SystemError.text(errno)) }
      } else if errno != EEXIST {
        throw failure(path, SystemError.text(errno))
      }
    }
    var status = stat()
    guard lstat(path, &status) == 0 else { throw failure(path, SystemError.text(errno)) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw failure(path, "it is no folder") }
    guard status.st_uid == geteuid() else { throw failure(path, "it belongs to another user") }
    guard status.st_mode & 0o022 == 0 else { throw failure(path, "others may write to it; make it mode 0700") }
  }

  private static func makeParents(_ path: String) throws(CommandFailure) {
    do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
      throw failure(path, "it cannot be made")
    }
  }

  private static func lock(_ path: String) throws(CommandFailure) -> StateDirectory? {
    let file = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw failure(path, SystemError.text(errno)) }
    if flock(file, LOCK_EX | LOCK_NB) == 0 { return StateDirectory(path: path, lock: file) }
    close(file)
    return nil
  }

  private static func failure(_ path: String, _ why: String) -> CommandFailure {
    CommandFailure(.configuration, "the state folder \(Printable.escape(path)) cannot be used: \(why)")
  }
}
