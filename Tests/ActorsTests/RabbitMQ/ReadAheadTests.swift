import Testing

@testable import Actors

@Suite("A queue is read further ahead while its messages take milliseconds")
struct ReadAheadTests {
  private static let millisecond: UInt64 = 1_000_000

  /// Notes `count` settlements at every millisecond, and gives what was asked for, and when.
  private func run(
    _ readAhead: inout ReadAhead, from start: UInt64, milliseconds: UInt64, count: Int
  ) -> (ReadAhead.Change, UInt64)? {
    for step in 0..<milliseconds {
      let now = (start + step) * Self.millisecond
      if let change = readAhead.note(settled: count, now: now) { return (change, start + step) }
    }
    return nil
  }

  @Test("A rate that turns the prefetch over quickly extends it, after two windows")
  func extends() throws {
    var readAhead = ReadAhead(prefetch: 256, isAllowed: true)
    let change = run(&readAhead, from: 1, milliseconds: 100, count: 20)
    let (asked, at) = try #require(change)
    #expect(asked == .extend)
    #expect(at == 41)
    #expect(!readAhead.isExtended)
    readAhead.changed(now: at * Self.millisecond)
    #expect(readAhead.isExtended)
  }

  @Test("A slower rate, or one that is not allowed, never does", arguments: [(12, true), (1_000, false)])
  func staysUsual(count: Int, isAllowed: Bool) {
    var readAhead = ReadAhead(prefetch: 256, isAllowed: isAllowed)
    let change = run(&readAhead, from: 1, milliseconds: 1_000, count: count)
    #expect(change == nil)
    #expect(readAhead.nextDeadline == nil)
  }

  @Test("One burst of a full prefetch does not")
  func burst() {
    var readAhead = ReadAhead(prefetch: 256, isAllowed: true)
    #expect(run(&readAhead, from: 1, milliseconds: 20, count: 20) == nil)
    #expect(run(&readAhead, from: 1_000, milliseconds: 1, count: 1) == nil)
    #expect(run(&readAhead, from: 1_021, milliseconds: 22, count: 20) == nil)
  }

  @Test("Extended, it stays so at a middling rate")
  func staysExtended() {
    var readAhead = ReadAhead(prefetch: 256, isAllowed: true)
    readAhead.changed(now: Self.millisecond)
    #expect(run(&readAhead, from: 2, milliseconds: 1_000, count: 5) == nil)
  }

  @Test("It is taken back when messages take long, and also when none is settled any more", arguments: [2, 0])
  func retracts(count: Int) throws {
    var readAhead = ReadAhead(prefetch: 256, isAllowed: true)
    readAhead.changed(now: Self.millisecond)
    #expect(readAhead.nextDeadline == Self.millisecond + ReadAhead.slow)
    let change = run(&readAhead, from: 2, milliseconds: 200, count: count)
    let (asked, at) = try #require(change)
    #expect(asked == .retract)
    #expect(at == 81)
    readAhead.changed(now: at * Self.millisecond)
    #expect(readAhead.nextDeadline == nil)
  }
}
