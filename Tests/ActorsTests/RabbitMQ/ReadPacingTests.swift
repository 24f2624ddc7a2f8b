import Testing

@testable import Actors

@Suite("A connection pauses only while frames come fast")
struct ReadPacingTests {
  private static let millisecond: UInt64 = 1_000_000

  @Test("Little traffic never pauses")
  func littleTraffic() {
    var pacing = ReadPacing(threshold: 4)
    for step in 1...20 as ClosedRange<UInt64> {
      pacing.note(3)
      let pauses = pacing.mayPause(now: step * Self.millisecond, limit: 100)
      #expect(!pauses)
    }
  }

  @Test("Much traffic pauses, and not twice without an event")
  func muchTraffic() {
    var pacing = ReadPacing(threshold: 4)
    pacing.note(8)
    _ = pacing.mayPause(now: 1, limit: 100)
    pacing.note(8)
    let pauses = pacing.mayPause(now: 1 + Self.millisecond, limit: 100)
    #expect(pauses)
    let again = pacing.mayPause(now: 11 + Self.millisecond, limit: 100)
    #expect(!again)
    pacing.note(1)
    let afterEvent = pacing.mayPause(now: 21 + Self.millisecond, limit: 100)
    #expect(afterEvent)
  }

  @Test("What came is enough to go on with: no pause")
  func enoughToDo() {
    var pacing = ReadPacing(threshold: 4)
    pacing.note(50)
    let pauses = pacing.mayPause(now: 2 * Self.millisecond, limit: 50)
    #expect(!pauses)
  }

  @Test("It ends with the traffic")
  func ends() {
    var pacing = ReadPacing(threshold: 4)
    pacing.note(40)
    _ = pacing.mayPause(now: Self.millisecond, limit: 100)
    pacing.note(1)
    let pauses = pacing.mayPause(now: 30 * Self.millisecond, limit: 100)
    #expect(!pauses)
  }
}
