internal import CRabbitMQ
import Glibc

/// Wakes a thread that waits in `poll`: an eventfd.
final class Wakeup: Sendable {
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

  /// Waits for a signal, at most so long.
  func wait(milliseconds: Int32) {
    var descriptor = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
    if poll(&descriptor, 1, milliseconds) > 0 { drain() }
  }
}
