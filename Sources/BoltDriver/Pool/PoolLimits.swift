/// The limits of one pool.
package struct PoolLimits: Sendable, Hashable {
  /// How many connections there may be, lent, idle and being made together.
  package var maximumSize: Int
  /// From which age on a connection is closed instead of lent; nil for never.
  package var maximumLifetime: Duration?
  /// After how long an idle connection is checked before it is lent; nil for never.
  package var livenessCheckIdle: Duration?
  /// How long making one connection may take, and how long a borrower waits that names no deadline.
  package var operationTimeout: Duration
  /// How long checking or resetting one connection may take: less, so that a borrower who waits for a connection that
  /// turns out to be dead has time for another.
  package var resetTimeout: Duration

  package init(
    maximumSize: Int, maximumLifetime: Duration? = nil, livenessCheckIdle: Duration? = nil,
    operationTimeout: Duration = .seconds(60)
  ) {
    self.maximumSize = max(maximumSize, 1)
    self.maximumLifetime = maximumLifetime
    self.livenessCheckIdle = livenessCheckIdle
    self.operationTimeout = operationTimeout
    resetTimeout = min(.seconds(10), operationTimeout / 2)
  }
}
