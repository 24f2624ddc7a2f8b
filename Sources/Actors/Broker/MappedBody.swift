#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A body too large to hold in memory: a private mapping of an unlinked temporary file, filled once by its maker.
public final class MappedBody: Sendable {
  /// How many bytes.
  public let count: Int
  private nonisolated(unsafe) let base: UnsafeMutableRawPointer

  /// Makes room for `count` bytes.
  ///
  /// - Returns: nil when the temporary folder cannot hold them.
  package init?(count: Int) {
    guard count > 0 else { return nil }
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(folder)/troupe-body-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else { return nil }
    unlink(template)
    defer { close(file) }
    guard posix_fallocate(file, 0, off_t(count)) == 0,
      let address = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), address != MAP_FAILED
    else { return nil }
    base = address
    self.count = count
  }

  deinit { munmap(base, count) }

  /// Writes a part; only the maker does, before anybody else has the body.
  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    guard let source = bytes.baseAddress, offset >= 0, offset + bytes.count <= count else { return }
    (base + offset).copyMemory(from: source, byteCount: bytes.count)
  }

  /// Lends the bytes.
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try body(UnsafeRawBufferPointer(start: base, count: count))
  }
}
