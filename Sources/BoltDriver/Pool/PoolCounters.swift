/// What a pool has counted since it was made.
struct PoolCounters: Sendable {
  var created: UInt64 = 0
  var failedToCreate: UInt64 = 0
  var closed: [ConnectionCloseReason: UInt64] = [:]
  var acquired: UInt64 = 0
  var timeouts: UInt64 = 0
  var acquireTime = DurationHistogram()
  var useTime = DurationHistogram()
  var createTime = DurationHistogram()

  mutating func lent(after wait: Duration) {
    acquired &+= 1
    acquireTime.record(wait)
  }
}
