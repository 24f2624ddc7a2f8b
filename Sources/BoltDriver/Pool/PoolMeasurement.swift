/// What a step of a pool has to tell a metrics backend.
enum PoolMeasurement: Sendable, Hashable {
  /// Making a connection took so long, login included.
  case created(Duration)
  /// A borrower has waited so long for what it got.
  case waited(Duration)
  /// A connection was lent for so long.
  case used(Duration)
  /// A borrower waited in vain.
  case timedOut
}
