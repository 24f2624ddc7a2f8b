import Synchronization
import TestSupport
import Testing

@testable import Middleware

@Suite("A pause that somebody else may end")
struct NapTests {
  @Test func `it lasts as long as it was meant to, and says so`() async {
    let nap = Nap()
    let begin = ContinuousClock.now
    #expect(await nap.sleep(for: .milliseconds(30)) == false)
    #expect(ContinuousClock.now - begin >= .milliseconds(30))
  }

  @Test func `it is ended by whoever calls once it has lasted for a while`() async throws {
    let nap = Nap()
    let ended = Flag()
    let sleeper = Task {
      let isCalled = await nap.sleep(for: .seconds(3600))
      ended.raise()
      return isCalled
    }
    try await eventually("it is ended") {
      nap.end(after: .milliseconds(10))
      return ended.isRaised
    }
    #expect(await sleeper.value)
    // The last call may have come when it was over already; it counts for the next one, and once.
    _ = await nap.sleep(for: .milliseconds(1))
    #expect(await nap.sleep(for: .milliseconds(1)) == false)
  }

  @Test func `a call that comes too early is remembered`() async {
    let nap = Nap()
    // Before it begins, and too early to end it.
    nap.end(after: .seconds(3600))
    #expect(await nap.sleep(for: .milliseconds(10)))
    #expect(await nap.sleep(for: .milliseconds(10)) == false)
  }

  @Test func `cancelling its task ends it`() async {
    let nap = Nap()
    let sleeper = Task { await nap.sleep(for: .seconds(3600)) }
    sleeper.cancel()
    #expect(await sleeper.value == false)
  }
}

/// Something that has happened.
private final class Flag: Sendable {
  private let raised = Atomic(false)
  var isRaised: Bool { raised.load(ordering: .acquiring) }
  func raise() { raised.store(true, ordering: .releasing) }
}
