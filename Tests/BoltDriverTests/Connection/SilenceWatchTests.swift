import NIOCore
import Synchronization
import Testing

@testable import BoltDriver

@Suite struct SilenceWatchTests {
  private final class Clock: Sendable {
    private let time = Lock(NIODeadline.uptimeNanoseconds(0))
    var now: NIODeadline { time.withLock { $0 } }
    func advance(_ span: TimeAmount) { time.withLock { $0 = $0 + span } }
  }

  @Test func silenceCountsFromTheLastSign() {
    let clock = Clock()
    var watch = SilenceWatch(now: { clock.now })
    #expect(watch.begin() == nil)
    watch.period = .seconds(10)
    #expect(watch.begin() == .seconds(10))
    clock.advance(.seconds(6))
    watch.heard()
    clock.advance(.seconds(4))
    #expect(watch.look(isWaiting: true) == .lookAgain(.seconds(6)))
    clock.advance(.seconds(6))
    #expect(watch.look(isWaiting: true) == .tooLong(.seconds(10)))
  }

  @Test func aServerThatIsAskedNothingMayBeSilent() {
    let clock = Clock()
    var watch = SilenceWatch(now: { clock.now })
    watch.period = .seconds(10)
    _ = watch.begin()
    clock.advance(.seconds(60))
    #expect(watch.look(isWaiting: false) == .rest)
    #expect(watch.begin() == .seconds(10))
    clock.advance(.seconds(1))
    #expect(watch.look(isWaiting: true) == .lookAgain(.seconds(9)))
  }

  @Test func silenceCountsFromWhenARequestWasWrittenThatIsHeardOfLater() {
    let clock = Clock()
    var watch = SilenceWatch(now: { clock.now })
    watch.period = .seconds(10)
    clock.advance(.seconds(20))
    let written = clock.now
    clock.advance(.seconds(3))
    #expect(watch.begin(since: written) == .seconds(10))
    #expect(watch.look(isWaiting: true) == .lookAgain(.seconds(7)))
    // What came after the request counts more.
    watch.heard()
    _ = watch.begin(since: written)
    #expect(watch.look(isWaiting: true) == .lookAgain(.seconds(10)))
  }
}
