import Glibc

/// A pipe that nobody writes to. The supervisor alone holds the write end, so the children, who hold the read end as
/// their standard input, read its end when the supervisor is gone, also when it was killed.
final class Lifeline: Sendable {
  /// What the children get.
  let readEnd: Int32
  private let writeEnd: Int32

  /// Opens the pipe.
  ///
  /// - Throws: ``CommandFailure`` when there are no descriptors left.
  init() throws(CommandFailure) {
    var ends: [Int32] = [-1, -1]
    // Close-on-exec: a child that inherited the write end would keep its siblings from noticing. No child is started
    // before both calls are made, so nothing can slip in between.
    guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
      throw CommandFailure(.internal, "no pipe for the workers can be opened: \(SystemError.text(errno))")
    }
    (readEnd, writeEnd) = (ends[0], ends[1])
  }

  deinit {
    close(readEnd)
    close(writeEnd)
  }
}
