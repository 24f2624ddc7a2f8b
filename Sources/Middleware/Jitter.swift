import Synchronization

/// The random part of back-offs: SplitMix64 (Steele, Lea, Flood 2014) on one number for the whole process, without a lock.
///
/// Failures come in storms, and then every thread of the worker draws at once. Nothing secret depends on these numbers.
struct Jitter: RandomNumberGenerator {
  private static let state = Atomic<UInt64>(UInt64.random(in: .min ... .max))

  /// The next number, which no other caller gets from the same step.
  mutating func next() -> UInt64 {
    var mixed = Self.state.wrappingAdd(0x9e37_79b9_7f4a_7c15, ordering: .relaxed).newValue
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
