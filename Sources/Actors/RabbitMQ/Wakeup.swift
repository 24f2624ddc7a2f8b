internal import CRabbitMQ
import Glibc

/// Wakes a thread that waits in `poll`: an eventfd.
final class Wakeup: Sendable {
  /// What ends a wait besides a signal.
  struct Event {
    /// A socket that becomes readable; negative for none.
    var socket: Int32 = -1
    /// A time in monotonic nanoseconds.
    var deadline: UInt64
    /// Whether the socket's becoming writable counts, too.
    var isForWriting = false
  }

  let descriptor: Int32

  init() { descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC)) }
  deinit { close(descriptor) }

  /// Makes the next or the present `poll` return.
  func signal() {
    var one: UInt64 = 1
    _ = write(descriptor, &one, 8)
  }

  /// Takes the signals back.
  func drain() {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
  }

  /// Waits for a signal or `event`, and takes the signals back.
  ///
  /// - Returns: Whether it was a signal alone that came, and nothing is to be read.
  @discardableResult
  func wait(for event: Event) -> Bool {
    let now = MonotonicClock.now
    guard event.deadline > now else { return false }
    var descriptors = (
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: event.socket, events: Int16(event.isForWriting ? POLLIN | POLLOUT : POLLIN), revents: 0)
    )
    let milliseconds = Int32(clamping: (event.deadline - now + 999_999) / 1_000_000)
    _ = withUnsafeMutablePointer(to: &descriptors) { pointer in
      pointer.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, event.socket >= 0 ? 2 : 1, milliseconds) }
    }
    let isSignal = descriptors.0.revents != 0
    if isSignal { drain() }
    return isSignal && descriptors.1.revents == 0
  }

  /// Waits for a signal, at most so long.
  func wait(milliseconds: Int32) {
    var descriptor = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
    if poll(&descriptor, 1, milliseconds) > 0 { drain() }
  }
}
