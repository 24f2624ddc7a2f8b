import Glibc
// Where the compiler finds the members of `stat` when the whole module is compiled at once.
import SwiftOverlayShims

/// Whole files of the state directory, read and replaced at once.
enum SmallFile {
  /// The bytes of a file; nil when there is none, it cannot be read, or it is larger than `limit`.
  static func read(_ path: String, limit: Int) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, (0...limit).contains(Int(status.st_size)) else { return nil }
    let size = Int(status.st_size)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
      while filled < size {
        let count = Glibc.read(file, buffer.baseAddress.map { $0 + filled }, size - filled)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        filled += count
      }
    }
  }

  /// The bytes of a file whose size the kernel does not tell, such as those of `/proc`; at most `limit` of them.
  static func readStream(_ path: String, limit: Int) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
      filled = max(Glibc.read(file, buffer.baseAddress, limit), 0)
    }
    return bytes.isEmpty ? nil : bytes
  }

  /// Puts a file with these bytes in the place of the one at `path`; readers see the old one or the new one.
  static func replace(_ path: String, with bytes: [UInt8]) throws(StateDirectoryError) {
    let temporary = "\(path).\(getpid())"
    unlink(temporary)
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StateDirectoryError("create", temporary) }
    guard FileOutput.write(bytes, to: file) else {
      let error = StateDirectoryError("write", temporary)
      close(file)
      unlink(temporary)
      throw error
    }
    close(file)
    guard rename(temporary, path) == 0 else { throw StateDirectoryError("rename to", path) }
  }
}
