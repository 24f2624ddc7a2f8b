import NIOCore

/// Runs tasks on an event loop: one that mostly waits for that loop's sockets has no other thread to wake.
final class EventLoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  /// - Parameter loop: The event loop.
  init(_ loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
  }
}
