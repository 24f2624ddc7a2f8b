import Glibc

/// Writing to file descriptors.
package enum FileOutput {
  /// Writes all of the bytes, with one `write` when the system takes them at once.
  ///
  /// - Returns: False when the system refused, see `errno`.
  @discardableResult
  package static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let count = Glibc.write(file, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        written += count
      }
      return true
    }
  }
}
