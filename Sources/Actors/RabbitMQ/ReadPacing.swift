import Glibc
// Where the compiler finds the members of `timespec` when the whole module is compiled at once.
import SwiftOverlayShims

/// Decides when a connection may leave its socket alone for a moment.
///
/// When frames come faster than one in some tens of microseconds, a thread that reads each as it comes is woken for every
/// few of them, which costs more than the frames. Reading a little later reads many at once. Nothing waits for long, and
/// a connection with little traffic never pauses.
struct ReadPacing {
  /// How long a pause is, in nanoseconds.
  private static let length = 300_000
  private static let window: UInt64 = 1_000_000

  /// How many a millisecond count as many.
  private let threshold: Int
  private var isBusy = false
  private var windowStart: UInt64 = 0
  private var inWindow = 0
  private var sinceSleep = 0

  /// - Parameter threshold: From how many events a millisecond on the connection pauses.
  init(threshold: Int) { self.threshold = threshold }

  /// Pauses the calling thread.
  static func pause() {
    var time = timespec(tv_sec: 0, tv_nsec: length)
    nanosleep(&time, nil)
  }

  /// Events came: deliveries, or confirms.
  mutating func note(_ count: Int) { sinceSleep += count }

  /// Whether the loop may pause now instead of waiting for the socket. Never twice without an event in between.
  ///
  /// - Parameters:
  ///   - now: Monotonic nanoseconds.
  ///   - limit: With so many events since the last sleep there is enough to go on with as it is.
  mutating func mayPause(now: UInt64, limit: Int) -> Bool {
    defer { sinceSleep = 0 }
    inWindow += sinceSleep
    let elapsed = now &- windowStart
    if elapsed >= Self.window {
      isBusy = inWindow >= threshold * Int(clamping: elapsed / Self.window)
      (windowStart, inWindow) = (now, 0)
    }
    return isBusy && sinceSleep > 0 && sinceSleep < limit
  }
}
