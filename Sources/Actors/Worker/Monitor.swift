import Glibc
// Where the compiler finds the members of `timespec` when the whole module is compiled at once.
import SwiftOverlayShims
import Synchronization

/// A value under a pthread mutex with a condition on the monotonic clock: for threads that wait, which `Mutex` cannot.
final class Monitor<Value>: @unchecked Sendable {
  // Unchecked: the value is reached only with the mutex held.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var value: Value

  init(_ value: Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Works on the value.
  @inline(__always)
  func withLock<R>(_ body: (inout Value) -> R) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(&value)
  }

  /// Waits for a signal, once. `until`, asked with the mutex held, gives the end of the wait in monotonic nanoseconds
  /// (`UInt64.max` for none), or nil not to wait at all; `after` is called with the mutex held, too.
  func wait(until: (inout Value) -> UInt64?, after: (inout Value) -> Void) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if let end = until(&value) {
      if end == .max {
        pthread_cond_wait(condition, mutex)
      } else {
        var time = timespec(tv_sec: Int(clamping: end / 1_000_000_000), tv_nsec: Int(end % 1_000_000_000))
        pthread_cond_timedwait(condition, mutex, &time)
      }
    }
    after(&value)
  }

  /// Waits until `isMet`, asked with the mutex held after every signal, says true.
  func waitUntil(_ isMet: (inout Value) -> Bool) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !isMet(&value) { pthread_cond_wait(condition, mutex) }
  }

  /// Wakes the waiting thread.
  func signal() { pthread_cond_signal(condition) }
}
