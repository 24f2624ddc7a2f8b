/// How far threads that run messages are trusted to look after a connection in between. Each time one neglects it, the
/// connection is not lent for twice as long as the last time; as long as they come back soon, the trust is whole.
struct LeaseTrust {
  private static let shortest: UInt64 = 4_000_000
  private static let longest: UInt64 = 256_000_000
  /// So many visits in a row restore the trust.
  private static let visits = 64

  private var penalty = LeaseTrust.shortest
  private var until: UInt64 = 0
  private var attendances = 0

  /// - Parameter now: Monotonic nanoseconds.
  func mayLend(now: UInt64) -> Bool { now >= until }

  /// A thread came back to the connection.
  mutating func attended() {
    attendances += 1
    if attendances >= Self.visits { penalty = Self.shortest }
  }

  /// The connection was left alone for too long.
  mutating func neglected(now: UInt64) {
    until = now &+ penalty
    penalty = min(penalty * 2, Self.longest)
    attendances = 0
  }
}
