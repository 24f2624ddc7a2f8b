internal import CRabbitMQ
import Glibc

/// A thread of our own: for work that user code must never delay, or that may block for long.
package enum NamedThread {
  private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Starts a detached thread. Its name (cut to the kernel's 15 bytes) shows in `top -H` and in debuggers.
  ///
  /// - Returns: False when the system gives no more threads.
  @discardableResult
  package static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    let box = Unmanaged.passRetained(Start(String(name.prefix(15)), body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let status = pthread_create(&thread, &attributes, { argument in
      guard let argument else { return nil }
      let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
      troupe_name_this_thread(start.name)
      start.body()
      return nil
    }, box.toOpaque())
    if status != 0 { box.release() }
    return status == 0
  }
}
