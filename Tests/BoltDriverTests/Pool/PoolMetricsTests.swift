import Synchronization
import Testing

@testable import BoltDriver

@Suite("The figures of the pool")
struct PoolMetricsTests {
  @Test("Durations are counted, summed and sorted into the buckets of their bounds")
  func histogram() {
    var histogram = DurationHistogram()
    for milliseconds in [0, 1, 2, 50, 20_000] { histogram.record(.milliseconds(milliseconds)) }
    histogram.record(.seconds(-1))
    #expect(histogram.count == 6 && histogram.maximum == .seconds(20) && histogram.total == .milliseconds(20_053))
    #expect(histogram.buckets == [3, 1, 0, 1, 0, 0, 0, 0, 0, 1])
    #expect(histogram.buckets.count == DurationHistogram.bounds.count + 1)
  }

  @Test("One snapshot tells of every stage")
  func snapshot() async throws {
    let server = FakeServer()
    let time = Lock(ContinuousClock.now)
    let clock = DriverClock(now: { time.withLock { $0 } })
    let pool = ConnectionPool<FakeConnection>(
      address: ServerAddress(host: "::1", port: 7688), limits: PoolLimits(maximumSize: 2), clock: clock,
      logger: LogLines().logger
    ) { _, _ in
      let connection = try await server.connect()
      time.withLock { $0 += .milliseconds(3) }
      return connection
    }
    let first = try await pool.acquire()
    let second = try await pool.acquire()
    let waiting = Task { try await pool.acquire() }
    try await soon("one waits") { pool.metrics.waiting == 1 }
    time.withLock { $0 += .seconds(2) }
    var metrics = pool.metrics
    #expect(metrics.address == "[::1]:7688" && metrics.maximum == 2)
    #expect(metrics.inUse == 2 && metrics.idle == 0 && metrics.creating == 0)
    #expect(metrics.created == 2 && metrics.createTime.total == .milliseconds(6))
    #expect(metrics.oldestConnection == .milliseconds(2_003))
    pool.release(first)
    pool.release(try await waiting.value)
    second.connection.breakDown()
    pool.release(second)
    metrics = pool.metrics
    #expect(metrics.inUse == 0 && metrics.idle == 1 && metrics.acquired == 3 && metrics.closed == [.error: 1])
    #expect(metrics.acquireTime.count == 3 && metrics.acquireTime.maximum == .seconds(2))
    #expect(metrics.useTime.count == 3 && metrics.useTime.maximum == .milliseconds(2_003))
    await pool.close()
    #expect(pool.metrics.closed == [.error: 1, .shutdown: 1] && pool.metrics.oldestConnection == nil)
  }
}
