#if TROUPE_THREAD_SANITIZER
  import Glibc

  /// Stands in for `Synchronization.Mutex` in builds for ThreadSanitizer, which knows pthread locks but not the futex
  /// of the standard library's lock, and would report every access under it as a race.
  struct Lock<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
    private final class Box {
      var lock = pthread_mutex_t()
      var value: Value

      init(_ value: consuming sending Value) {
        self.value = value
        pthread_mutex_init(&lock, nil)
      }

      deinit { pthread_mutex_destroy(&lock) }
    }

    private let box: Box

    init(_ value: consuming sending Value) { box = Box(value) }

    borrowing func withLock<Result: ~Copyable, Failure: Error>(
      _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
      pthread_mutex_lock(&box.lock)
      defer { pthread_mutex_unlock(&box.lock) }
      return try body(&box.value)
    }
  }
#else
  internal import Synchronization

  /// The lock around shared state: the standard library's, except in builds for ThreadSanitizer.
  typealias Lock = Mutex
#endif
