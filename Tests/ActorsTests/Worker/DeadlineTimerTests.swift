import Synchronization
import TestSupport
import Testing

@testable import Actors

@Suite("One thread waits for every deadline")
struct DeadlineTimerTests {
  /// Asks to be called again after each pause of a list.
  private final class Source: DeadlineSource {
    private let pauses: Lock<[UInt64]>
    let calls = Lock<[UInt64]>([])

    init(_ pauses: [UInt64]) { self.pauses = Lock(pauses) }

    func fire(now: UInt64) -> UInt64? {
      calls.withLock { $0.append(now) }
      return pauses.withLock { $0.isEmpty ? nil : now + $0.removeFirst() }
    }

    var count: Int { calls.withLock { $0.count } }
  }

  @Test("A source is called at once, and then when it asked")
  func repeating() async throws {
    let timer = DeadlineTimer()
    let source = Source([2_000_000, 2_000_000])
    timer.register(source)
    try await eventually("three calls") { source.count == 3 }
    let calls = source.calls.withLock { $0 }
    #expect(zip(calls, calls.dropFirst()).allSatisfy { $1 - $0 >= 2_000_000 })
    timer.unregister(source)
  }

  @Test("A nearer deadline wakes the sleeping timer")
  func nearer() async throws {
    let timer = DeadlineTimer()
    let source = Source([])
    let place = timer.register(source, at: MonotonicClock.now + 3_600_000_000_000)
    place.notify(at: MonotonicClock.now + 1_000_000)
    try await eventually("the call") { source.count == 1 }
    place.cancel()
  }

  @Test("A deadline told without a name reaches everybody")
  func anybody() async throws {
    let timer = DeadlineTimer()
    let sources = (0..<3).map { _ in Source([]) }
    for source in sources { timer.register(source, at: .max) }
    timer.notify(at: MonotonicClock.now + 1_000_000)
    try await eventually("the calls") { sources.allSatisfy { $0.count == 1 } }
    for source in sources { timer.unregister(source) }
  }

  @Test("A source that was taken off is not called")
  func removed() async throws {
    let timer = DeadlineTimer()
    let (gone, stays) = (Source([]), Source([]))
    timer.register(gone, at: .max)
    timer.register(stays, at: .max)
    timer.unregister(gone)
    timer.notify(at: 0)
    try await eventually("the other one is called") { stays.count == 1 }
    #expect(gone.count == 0)
    timer.unregister(stays)
  }

  @Test("A latch opens, or its time comes")
  func latches() async {
    let latch = Latch()
    #expect(await latch.wait(until: MonotonicClock.now + 1_000_000) == false)
    async let waiting = latch.wait()
    latch.open()
    #expect(await waiting)
    #expect(await latch.wait(until: 0))
  }
}
