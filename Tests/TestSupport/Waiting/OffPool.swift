import Dispatch

/// Runs blocking work on a thread of its own, so that no thread of Swift's small pool waits for a socket or a process.
///
/// - Throws: What `body` throws.
package func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
  }
}
