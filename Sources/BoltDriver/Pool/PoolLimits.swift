/// The limits of one pool.
package struct PoolLimits: Sendable, Hashable {
  /// How many connections there may be, lent, idle and being made together.
  package var maximumSize: Int
  /// From which age on a connection is closed instead of lent; nil for never.
  package var maximumLifetime: Duration?
  /// After how long an idle connection is checked before it is lent; nil for never.
  package var livenessCheckIdle: Duration?
  /// How long making, checking or resetting one connection may take.
  package var operationTimeout: Duration

  package init(
    maximumSize: Int, maximumLifetime: Duration? = nil, livenessCheckIdle: Duration? = nil,
    operationTimeout: Duration = .seconds(60)
  ) {
    self.maximumSize = max(maximumSize, 1)
    self.maximumLifetime = maximumLifetime
    self.livenessCheckIdle = livenessCheckIdle
    self.operationTimeout = operationTimeout
  }
}
