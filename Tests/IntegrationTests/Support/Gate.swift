import Synchronization

/// Holds actors until a test lets them go; cancellation ends the wait.
final class Gate: Sendable {
  private let isOpen = Atomic(false)

  /// Lets everybody through, now and later.
  func open() { isOpen.store(true, ordering: .releasing) }

  /// Waits until it is open.
  ///
  /// - Throws: `CancellationError`.
  func pass() async throws {
    while !isOpen.load(ordering: .acquiring) { try await Task.sleep(for: .milliseconds(5)) }
  }
}
