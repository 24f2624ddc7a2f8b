import Glibc
import Synchronization

/// Cuts a connection's socket from another thread, when its owner hangs inside the library. The descriptor is forgotten
/// before the library closes it, so that a number that was given out again is never cut.
final class SocketCutter: Sendable {
  private let descriptor: Lock<Int32>

  init(_ descriptor: Int32) { self.descriptor = Lock(descriptor) }

  /// Ends both directions: whatever the owner waits for fails at once.
  func cut() { descriptor.withLock { if $0 >= 0 { _ = shutdown($0, Int32(SHUT_RDWR)) } } }

  /// The socket is about to be closed.
  func forget() { descriptor.withLock { $0 = -1 } }
}
