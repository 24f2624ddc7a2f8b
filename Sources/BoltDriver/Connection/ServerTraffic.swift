internal import Synchronization

/// How many connections to one server have requests without an answer.
final class ServerTraffic: Sendable {
  private let busy = Atomic<Int>(0)

  /// Whether so few are busy that each request had better be written at once. With more of them an event loop that is
  /// awake anyway writes and reads for many at a time, which costs less than doing so for each.
  var isLight: Bool { busy.load(ordering: .relaxed) <= Self.fewConnections }

  /// A connection has its first request without an answer.
  func didBecomeBusy() { busy.add(1, ordering: .relaxed) }

  /// All requests of a connection are answered.
  func didBecomeIdle() { busy.subtract(1, ordering: .relaxed) }

  private static let fewConnections = 2
}
