/// Decides when a connection asks its socket for frames. Asking in vain costs two system calls, which is much of what a
/// single publish costs, so a thread that was woken for a command leaves them out.
///
/// Not for ever: commands may come without end, and whoever asks also looks after the heartbeats.
struct SocketReading {
  /// So many rounds in a row may go without asking.
  private static let rounds = 16
  /// So long may go without asking, in nanoseconds.
  private static let patience: UInt64 = 100_000_000

  private var isWanted = true
  private var skipped = 0
  private var lastTime: UInt64 = 0

  /// There is, or may be, something to read.
  mutating func want() { isWanted = true }

  /// Whether this round asks; if so, it counts as asked.
  ///
  /// - Parameter now: Monotonic nanoseconds.
  mutating func isDue(now: UInt64) -> Bool {
    guard isWanted || skipped >= Self.rounds || now &- lastTime >= Self.patience else {
      skipped += 1
      return false
    }
    (isWanted, skipped, lastTime) = (false, 0, now)
    return true
  }
}
