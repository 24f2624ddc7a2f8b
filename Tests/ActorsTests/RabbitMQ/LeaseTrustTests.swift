import Testing

@testable import Actors

@Suite("Trust in threads that attend a connection")
struct LeaseTrustTests {
  @Test("Each neglect doubles the time without trust, up to a limit")
  func penalties() {
    var trust = LeaseTrust()
    var now: UInt64 = 1_000_000_000
    #expect(trust.mayLend(now: now))
    for milliseconds: UInt64 in [4, 8, 16, 32, 64, 128, 256, 256] {
      trust.neglected(now: now)
      #expect(!trust.mayLend(now: now + milliseconds * 1_000_000 - 1))
      now += milliseconds * 1_000_000
      #expect(trust.mayLend(now: now))
    }
  }

  @Test("Many visits in a row restore it, few do not")
  func restoration() {
    var trust = LeaseTrust()
    trust.neglected(now: 0)
    trust.neglected(now: 0)
    for _ in 0..<63 { trust.attended() }
    trust.neglected(now: 0)
    #expect(!trust.mayLend(now: 15_999_999))
    for _ in 0..<64 { trust.attended() }
    trust.neglected(now: 100_000_000)
    #expect(trust.mayLend(now: 104_000_000))
  }
}
