/// The numbers of the supervisor's policy.
struct FleetSettings: Sendable, Hashable {
  /// How many worker processes run.
  var processes: Int
  /// How long a worker may take to drain.
  var drainTimeout: Duration
  /// How much longer than its drain deadline a worker may take before it is killed.
  var killGrace: Duration = .seconds(5)
  /// How long after the second signal the children are killed.
  var forceGrace: Duration = .seconds(3)
  /// The first pause before a restart, and the longest; the pauses double.
  var backoff: ClosedRange<Duration> = .milliseconds(100)...(.seconds(5))
  /// A child that has lived so long starts its back-off anew.
  var healthyAfter: Duration = .seconds(10)
  /// A child that leaves with 0 by itself before it has lived so long, and has run nothing, is no recycling.
  var recycleAfter: Duration = .seconds(1)
  /// How long a reload waits for a new process to consume before it trusts it anyway.
  var readyGrace: Duration = .seconds(10)
}
