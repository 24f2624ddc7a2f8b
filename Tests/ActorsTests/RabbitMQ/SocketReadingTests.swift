import Testing

@testable import Actors

@Suite("A socket is asked for frames when something may be there")
struct SocketReadingTests {
  private static let start: UInt64 = 1_000_000_000

  /// One that has just asked.
  private var asked: SocketReading {
    var reading = SocketReading()
    _ = reading.isDue(now: Self.start)
    return reading
  }

  @Test("At first, and whenever it is wanted")
  func wanted() {
    var reading = SocketReading()
    let first = reading.isDue(now: Self.start)
    #expect(first)
    let again = reading.isDue(now: Self.start)
    #expect(!again)
    reading.want()
    let wanted = reading.isDue(now: Self.start)
    #expect(wanted)
  }

  @Test("Commands without end do not keep it from asking")
  func manyCommands() {
    var reading = asked
    let rounds = (1...40).map { _ in reading.isDue(now: Self.start) }
    #expect(rounds.firstIndex(of: true) == 16)
    #expect(rounds.count { $0 } == 2)
  }

  @Test("Commands that come seldom do not keep it from its heartbeats")
  func seldomCommands() {
    var reading = asked
    let soon = reading.isDue(now: Self.start + 99_000_000)
    #expect(!soon)
    let late = reading.isDue(now: Self.start + 100_000_000)
    #expect(late)
  }
}
