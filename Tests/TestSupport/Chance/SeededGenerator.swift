/// Chance that is the same whenever the seed is (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The generator of a seed.
  package init(seed: UInt64) { state = seed }

  /// The seed of this run: `TROUPE_TEST_SEED`, else another one each time.
  package static var seedOfRun: UInt64 {
    ProjectLayout.environment("TROUPE_TEST_SEED").flatMap(UInt64.init) ?? .random(in: 0...UInt64(UInt32.max))
  }

  /// The next number.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
