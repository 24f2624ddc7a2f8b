/// Waits for `body`, but not longer than to the deadline; a body that is late goes on by itself.
///
/// - Parameter deadline: ``MonotonicClock`` nanoseconds.
/// - Returns: Whether it ended in time.
@discardableResult
func bounded(until deadline: UInt64, _ body: @escaping @Sendable () async -> Void) async -> Bool {
  let end = Latch()
  Task {
    await body()
    end.open()
  }
  return await end.wait(until: deadline)
}
