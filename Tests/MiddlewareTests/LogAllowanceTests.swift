import Testing

@testable import Middleware

@Suite("Lines of one kind are bounded a second")
struct LogAllowanceTests {
  private static let second: UInt64 = 1_000_000_000

  @Test("What was withheld is told with the next line that is allowed")
  func withholds() {
    let allowance = LogAllowance(2)
    #expect(allowance.take(now: 5 * Self.second) == 0)
    #expect(allowance.take(now: 5 * Self.second + 1) == 0)
    #expect(allowance.take(now: 5 * Self.second + 2) == nil)
    #expect(allowance.take(now: 6 * Self.second - 1) == nil)
    #expect(allowance.take(now: 6 * Self.second) == 2)
    #expect(allowance.take(now: 6 * Self.second) == 0)
    #expect(allowance.take(now: 6 * Self.second) == nil)
  }
}
