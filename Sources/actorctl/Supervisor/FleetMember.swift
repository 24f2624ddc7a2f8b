import Glibc

/// One place of the fleet as the health port shows it.
struct FleetMember: Sendable, Hashable {
  /// The slot of its process; the number of the place while none runs.
  var slot: Int
  /// Its process; nil while none runs.
  var pid: pid_t?
  /// How often it was started again.
  var restarts: Int
}
