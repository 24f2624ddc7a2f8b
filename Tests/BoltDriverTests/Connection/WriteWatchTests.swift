import NIOCore
import Testing

@testable import BoltDriver

@Suite struct WriteWatchTests {
  @Test func slowIsNotStuck() {
    var watch = WriteWatch(period: .seconds(5))
    #expect(watch.begin(waiting: 1000) == .seconds(5))
    #expect(watch.look(waiting: 900) == .seconds(5))
    #expect(watch.look(waiting: 10) == .seconds(5))
    #expect(watch.look(waiting: 10) == nil)
  }
}
