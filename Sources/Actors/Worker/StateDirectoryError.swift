import Glibc

/// Something in the state directory cannot be used.
package struct StateDirectoryError: Error, Sendable, CustomStringConvertible {
  /// What was tried, on which file, and the system's answer.
  package let description: String

  /// An error of the last system call, from `errno`.
  package init(_ action: String, _ path: String) {
    description = "cannot \(action) \(path): \(String(cString: strerror(errno)))"
  }
}
