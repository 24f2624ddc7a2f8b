import Actors
import Glibc
import Synchronization
import TestSupport

/// A folder of a test's own, removed with what the worker leaves in it.
final class TestFolder: Sendable {
  let path: String

  init() throws {
    path = "/tmp/\(uniqueName("troupe-test"))"
    guard mkdir(path, 0o700) == 0 else { throw StateDirectoryError("create", path) }
  }

  deinit {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        unlink("\(path)/\(name)")
      }
      closedir(folder)
    }
    rmdir(path)
  }
}

/// A clock that a test turns.
final class TestTime: Sendable {
  private let kept = Lock<UInt64>(1_000_000)
  var now: UInt64 {
    get { kept.withLock { $0 } }
    set { kept.withLock { $0 = newValue } }
  }
}
