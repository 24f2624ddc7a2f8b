import Synchronization

/// Counts how often the logins of a server's connections were declared out of date.
final class LoginGeneration: Sendable {
  private let number = Atomic<UInt64>(0)

  /// The present one.
  var current: UInt64 { number.load(ordering: .acquiring) }

  /// All logins so far are out of date.
  func advance() { number.add(1, ordering: .acquiringAndReleasing) }
}
