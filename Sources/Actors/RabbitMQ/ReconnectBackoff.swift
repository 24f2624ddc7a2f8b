/// The pauses between attempts to get something back: doubled from the shortest to the longest, jittered so that a fleet
/// does not come back in step.
struct ReconnectBackoff: Sendable {
  private let shortest: UInt64
  private let longest: UInt64
  private(set) var attempts = 0

  init(_ range: ClosedRange<Duration>) {
    shortest = range.lowerBound.nanoseconds
    longest = range.upperBound.nanoseconds
  }

  /// The next pause in nanoseconds, between half and the whole of the step.
  ///
  /// - Parameter jitter: A random number in 0..<1.
  mutating func next(jitter: Double) -> UInt64 {
    var step = shortest
    for _ in 0..<min(attempts, 32) where step < longest { step &*= 2 }
    attempts += 1
    step = min(step, longest)
    return step / 2 + UInt64(Double(step / 2) * jitter)
  }

  mutating func reset() { attempts = 0 }
}
