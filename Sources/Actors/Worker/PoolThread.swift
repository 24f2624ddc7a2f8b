import Glibc

/// What a thread of a ``ThreadPoolExecutor`` knows of itself. Apart from parking it is touched by its own thread only.
final class PoolThread: @unchecked Sendable {
  // Unchecked: what is not in the gate belongs to the thread itself.
  unowned let executor: ThreadPoolExecutor
  /// Whether a job that is enqueued now is the one being pulled.
  var isPulling = false
  /// The job that was pulled.
  var pulled: UnownedJob?
  private let gate = Monitor(false)

  init(_ executor: ThreadPoolExecutor) { self.executor = executor }

  /// Waits until ``unpark()``, also one that came before.
  func park() {
    gate.waitUntil { isOpen in
      defer { isOpen = false }
      return isOpen
    }
  }

  /// Ends the wait.
  func unpark() {
    gate.withLock { $0 = true }
    gate.signal()
  }

  // MARK: The current one

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// The pool thread that runs this code, if one does.
  static var current: PoolThread? {
    guard let pointer = pthread_getspecific(key) else { return nil }
    return Unmanaged<PoolThread>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// Makes this the current one of the calling thread, which must keep it alive until ``clearCurrent()``.
  func makeCurrent() { pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque()) }

  /// Undoes ``makeCurrent()``.
  static func clearCurrent() { pthread_setspecific(key, nil) }
}
