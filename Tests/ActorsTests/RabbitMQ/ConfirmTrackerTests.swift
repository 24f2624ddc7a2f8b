import Testing

@testable import Actors

@Suite("Confirms find their publishes")
struct ConfirmTrackerTests {
  private func confirmed(_ tracker: inout ConfirmTracker<Int>, _ tag: UInt64, multiple: Bool) -> [Int] {
    var result: [Int] = []
    tracker.confirm(tag, multiple: multiple) { result.append($0) }
    return result
  }

  private func tracker(_ count: Int) -> ConfirmTracker<Int> {
    var tracker = ConfirmTracker<Int>()
    for number in 1...count { tracker.append(number) }
    return tracker
  }

  @Test("Single and multiple, in and out of order")
  func orders() {
    var tracker = tracker(10)
    #expect(confirmed(&tracker, 3, multiple: false) == [3])
    #expect(confirmed(&tracker, 5, multiple: true) == [1, 2, 4, 5])
    #expect(tracker.count == 5)
    #expect(confirmed(&tracker, 7, multiple: false) == [7])
    #expect(confirmed(&tracker, 6, multiple: false) == [6])
    #expect(tracker.waiting == [8, 9, 10])
    tracker.append(11)
    #expect(confirmed(&tracker, 11, multiple: true) == [8, 9, 10, 11])
    #expect(tracker.isEmpty)
  }

  @Test("Repeated, unknown and absurd numbers are ignored", arguments: [0, 3, 11, UInt64.max])
  func lies(tag: UInt64) {
    var tracker = tracker(10)
    _ = confirmed(&tracker, 3, multiple: false)
    #expect(confirmed(&tracker, tag, multiple: false) == [])
    #expect(tracker.count == 9)
    if tag == 0 || tag > 10 { #expect(confirmed(&tracker, tag, multiple: true) == []) }
  }

  @Test("A reset gives back what waits and counts from 1 again")
  func resets() {
    var tracker = tracker(5)
    _ = confirmed(&tracker, 2, multiple: true)
    #expect(tracker.reset() == [3, 4, 5])
    tracker.append(6)
    #expect(confirmed(&tracker, 1, multiple: false) == [6])
  }
}
