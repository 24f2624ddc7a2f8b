/// What the pool has to do after a step of its state machine, in this order. Nothing in it, nothing allocated.
struct PoolActions<Connection: PoolableConnection, Request: Sendable>: Sendable {
  /// Why somebody gets no connection.
  enum Refusal: Sendable {
    /// The deadline came; with the last error of making a connection, when there was one since it last went well.
    case timeout(waited: Duration, figures: PoolFigures, lastFailure: (any Error)?)
    case cancelled
    case closed
    /// A connection could not be made.
    case failed(any Error)
  }

  /// Whether nothing is to be done, as after most steps.
  var isEmpty: Bool {
    dials.isEmpty && resets.isEmpty && closings.isEmpty && loans.isEmpty && refusals.isEmpty && timer == nil
      && !cancelOperations && !isDrained && trouble == nil && !isRelieved
  }

  /// Make a connection and report with this number.
  var dials: [UInt64] = []
  /// Reset this connection and report with the number.
  var resets: [(id: UInt64, connection: Connection)] = []
  /// Close these, and report when it is done.
  var closings: [(connection: Connection, reason: ConnectionCloseReason)] = []
  /// Tell these that they have a connection.
  var loans: [(request: Request, lease: PoolLease<Connection>)] = []
  /// Tell these that they get none.
  var refusals: [(request: Request, refusal: Refusal)] = []
  /// Come back at this time; it replaces the one asked for before.
  var timer: Duration?
  /// Cancel every connection being made or reset.
  var cancelOperations = false
  /// Everything is closed: tell those who wait for it.
  var isDrained = false
  /// The first failure to connect since it last went well.
  var trouble: (any Error)?
  /// Connecting works again.
  var isRelieved = false
  /// What a metrics backend is told; nothing when there is none.
  var measurements: [PoolMeasurement] = []
}

/// The state of a pool in numbers, for errors and metrics.
struct PoolFigures: Sendable, Hashable {
  let maximum: Int
  let inUse: Int
  let idle: Int
  let creating: Int
  let waiting: Int
}
