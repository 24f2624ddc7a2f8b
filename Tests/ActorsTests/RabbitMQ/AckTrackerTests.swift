import Testing

@testable import Actors

@Suite("Acknowledgements are few, in order, and never cover what is unfinished")
struct AckTrackerTests {
  private func flushed(
    _ tracker: inout AckTracker, at now: UInt64 = 0, all: Bool = false
  ) throws -> [AckTracker.Action] {
    var actions: [AckTracker.Action] = []
    try tracker.flush(now: now, all: all) { actions.append($0) }
    return actions
  }

  private func tracker(prefetch: Int, delivered: ClosedRange<UInt64>) -> AckTracker {
    var tracker = AckTracker(prefetch: prefetch)
    for tag in delivered { tracker.delivered(tag) }
    return tracker
  }

  @Test("A finished prefix goes with one multiple ack once it is long enough")
  func coalesces() throws {
    var tracker = tracker(prefetch: 16, delivered: 1...10)
    for tag in UInt64(1)...3 { #expect(tracker.settle(tag, .acknowledge) == nil) }
    #expect(try flushed(&tracker) == [])
    #expect(tracker.missing == 1)
    _ = tracker.settle(4, .acknowledge)
    #expect(try flushed(&tracker) == [.acknowledge(4, multiple: true)])
    #expect(tracker.outstanding == 6)
  }

  @Test("A larger prefetch needs a longer prefix, and counts what was acknowledged")
  func largerPrefetch() throws {
    var tracker = tracker(prefetch: 16, delivered: 1...10)
    tracker.prefetch = 32
    for tag in UInt64(1)...7 { #expect(tracker.settle(tag, .acknowledge) == nil) }
    #expect(try flushed(&tracker) == [])
    tracker.prefetch = 16
    #expect(try flushed(&tracker) == [.acknowledge(7, multiple: true)])
    _ = tracker.settle(8, .requeue)
    let counts = [tracker.takeAcknowledgedCount(), tracker.takeAcknowledgedCount()]
    #expect(counts == [7, 0], "what goes back to its queue does not count")
  }

  @Test("What a second consumer brought and nobody has settled is known")
  func extraTags() {
    var tracker = AckTracker(prefetch: 16)
    for tag in UInt64(1)...6 { tracker.delivered(tag, isExtra: tag % 2 == 0) }
    _ = tracker.settle(4, .acknowledge)
    #expect(tracker.extraTags == [2, 6])
  }

  @Test("A shorter one goes after a moment")
  func patience() throws {
    var tracker = tracker(prefetch: 64, delivered: 1...2)
    #expect(tracker.nextDeadline == nil)
    _ = tracker.settle(1, .acknowledge)
    #expect(try flushed(&tracker, at: 100) == [])
    let deadline = try #require(tracker.nextDeadline)
    #expect(deadline == 100 + AckTracker.patience)
    #expect(try flushed(&tracker, at: deadline - 1) == [])
    #expect(try flushed(&tracker, at: deadline) == [.acknowledge(1, multiple: true)])
    #expect(!tracker.hasPending)
    #expect(tracker.nextDeadline == nil)
  }

  @Test("With a prefetch of one nothing waits")
  func prefetchOfOne() throws {
    var tracker = tracker(prefetch: 1, delivered: 1...1)
    _ = tracker.settle(1, .acknowledge)
    #expect(try flushed(&tracker) == [.acknowledge(1, multiple: true)])
  }

  @Test("What waits behind an unfinished head waits longer, but not for ever")
  func patienceBehindHead() throws {
    var tracker = tracker(prefetch: 64, delivered: 1...3)
    _ = tracker.settle(2, .acknowledge)
    #expect(try flushed(&tracker) == [])
    #expect(tracker.nextDeadline == AckTracker.patienceBehindHead)
    #expect(try flushed(&tracker, at: AckTracker.patience) == [])
    #expect(try flushed(&tracker, at: AckTracker.patienceBehindHead) == [.acknowledge(2, multiple: false)])
    _ = tracker.settle(1, .acknowledge)
    #expect(try flushed(&tracker, all: true) == [.acknowledge(1, multiple: true)])
  }

  @Test("Behind an unfinished head the finished ones are acknowledged singly")
  func slowHead() throws {
    var tracker = tracker(prefetch: 8, delivered: 1...8)
    for tag in UInt64(2)...4 { _ = tracker.settle(tag, .acknowledge) }
    #expect(try flushed(&tracker) == [])
    _ = tracker.settle(5, .acknowledge)
    let singles = (UInt64(2)...5).map { AckTracker.Action.acknowledge($0, multiple: false) }
    #expect(try flushed(&tracker) == singles)
    _ = tracker.settle(1, .acknowledge)
    #expect(try flushed(&tracker, all: true) == [.acknowledge(1, multiple: true)])
  }

  @Test("A refusal goes out at once and no multiple ack repeats it")
  func refusals() throws {
    var tracker = tracker(prefetch: 16, delivered: 1...4)
    #expect(tracker.settle(2, .requeue) == .refuse(2, requeue: true))
    #expect(tracker.settle(3, .reject) == .refuse(3, requeue: false))
    #expect(try flushed(&tracker, all: true) == [])
    _ = tracker.settle(1, .acknowledge)
    #expect(try flushed(&tracker, all: true) == [.acknowledge(1, multiple: true)])
    #expect(tracker.outstanding == 1)
  }

  @Test("A tag is settled once, and unknown tags are ignored")
  func settlesOnce() throws {
    var tracker = tracker(prefetch: 16, delivered: 1...2)
    #expect(tracker.settle(2, .requeue) == .refuse(2, requeue: true))
    #expect(tracker.settle(2, .requeue) == nil)
    #expect(tracker.settle(2, .acknowledge) == nil)
    #expect(tracker.settle(99, .reject) == nil)
    #expect(try flushed(&tracker, all: true) == [])
  }

  @Test("Behind a head of hours nothing piles up")
  func longHead() throws {
    var tracker = AckTracker(prefetch: 10)
    tracker.delivered(1)
    var acknowledged = 0
    for tag in UInt64(2)...100_000 {
      tracker.delivered(tag)
      _ = tracker.settle(tag, .acknowledge)
      acknowledged += try flushed(&tracker, all: tag % 7 == 0).count
    }
    acknowledged += try flushed(&tracker, all: true).count
    #expect(acknowledged == 99_999)
    #expect(tracker.outstanding == 1)
    _ = tracker.settle(1, .acknowledge)
    #expect(try flushed(&tracker, all: true) == [.acknowledge(1, multiple: true)])
  }

  @Test("Whatever the order, every delivery is settled exactly once and none before it is finished", arguments: 0..<50)
  func randomOrders(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var tracker = AckTracker(prefetch: 32)
    var running: Set<UInt64> = []
    var finished: Set<UInt64> = []
    var settled: Set<UInt64> = []
    var nextTag: UInt64 = 1
    func apply(_ action: AckTracker.Action) {
      switch action {
      case .acknowledge(let tag, multiple: false):
        #expect(finished.contains(tag))
        #expect(settled.insert(tag).inserted)
      case .acknowledge(let tag, multiple: true):
        for earlier in UInt64(1)...tag where !settled.contains(earlier) {
          #expect(finished.contains(earlier))
          settled.insert(earlier)
        }
      case .refuse(let tag, _): #expect(settled.insert(tag).inserted)
      }
    }
    for step in UInt64(0)..<2_000 {
      if running.count < 32, Bool.random(using: &random) {
        tracker.delivered(nextTag)
        running.insert(nextTag)
        nextTag += 1
      } else if let tag = running.randomElement(using: &random) {
        running.remove(tag)
        if Int.random(in: 0..<10, using: &random) == 0 {
          if let action = tracker.settle(tag, .requeue) { apply(action) }
        } else {
          finished.insert(tag)
          _ = tracker.settle(tag, .acknowledge)
        }
      }
      try tracker.flush(now: step * 100_000, all: Int.random(in: 0..<5, using: &random) == 0) { apply($0) }
    }
    try tracker.flush(now: 0, all: true) { apply($0) }
    #expect(settled == Set(1..<nextTag).subtracting(running))
  }
}

/// A generator whose numbers are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
