import Actors
import Middleware
import Testing

@Suite struct BackoffTests {
  static let lowest = ConstantGenerator(value: 0)
  static let highest = ConstantGenerator(value: .max)

  private func delay(_ backoff: Backoff, _ retries: Int, _ generator: ConstantGenerator) -> Duration {
    var generator = generator
    return backoff.delay(retries: retries, using: &generator)
  }

  @Test func `the first delay lies between the minimum and twice as much`() {
    let backoff = Backoff(minimum: .seconds(15), maximum: .seconds(604_800))
    #expect(delay(backoff, 0, Self.lowest) == .seconds(15))
    #expect(delay(backoff, 0, Self.highest) == .seconds(30))
  }

  @Test func `the delay doubles with every retry until the maximum`() {
    let backoff = Backoff(minimum: .seconds(15), maximum: .seconds(604_800))
    let delays = (0...20).map { delay(backoff, $0, Self.lowest) }
    for retries in 0..<15 { #expect(delays[retries + 1] == delays[retries] * 2) }
    // 15 s · 2^16 is above seven days: from here on half of the maximum is the least.
    #expect(delays[16...].allSatisfy { $0 == .seconds(302_400) })
    #expect(delay(backoff, 20, Self.highest) == .seconds(604_800))
  }

  /// What dramatiq's `compute_backoff` gives for the same random numbers: (minimum, maximum, retries) and the delay.
  @Test func `the numbers are dramatiq's for the same random numbers`() {
    var generator = SeededGenerator(seed: 42)
    let cases: [(minimum: Int, maximum: Int, retries: Int)] = [
      (15_000, 604_800_000, 0), (15_000, 604_800_000, 1), (15_000, 604_800_000, 5), (15_000, 604_800_000, 14),
      (15_000, 604_800_000, 19), (100, 1_000, 2), (100, 1_000, 3), (100, 1_000, 40), (10, 10, 0), (1, 1, 0),
      (0, 1_000, 7), (100, 0, 3), (5, 2_000, 63),
    ]
    let delays = cases.map { row in
      Backoff(minimum: .milliseconds(row.minimum), maximum: .milliseconds(row.maximum))
        .delay(retries: row.retries, using: &generator).milliseconds
    }
    #expect(delays == Self.expected)
  }

  static let expected: [Int64] = [
    26_123, 34_797, 613_728, 330_348_310, 564_952_170, 487, 669, 602, 7, 1, 0, 0, 1_093,
  ]

  @Test(arguments: [Int.min, -1, 33, Int.max])
  func `any number of retries is taken`(retries: Int) {
    let backoff = Backoff(minimum: .milliseconds(1), maximum: .unlimited)
    let exponent = retries < 0 ? 0 : 32
    #expect(delay(backoff, retries, Self.lowest) == .milliseconds(Int64(1) << Int64(exponent)))
  }

  @Test func `a delay is never negative`() {
    #expect(delay(Backoff(minimum: .seconds(-1), maximum: .seconds(1)), 3, Self.highest) == .zero)
    #expect(delay(Backoff(minimum: .seconds(1), maximum: .seconds(-1)), 3, Self.highest) == .zero)
    #expect(delay(Backoff(minimum: .unlimited, maximum: .seconds(1)), 3, Self.lowest) == .milliseconds(500))
  }
}
