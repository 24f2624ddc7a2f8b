/// What a ``ConnectionPool`` needs to know of a connection.
package protocol PoolableConnection: AnyObject, Sendable {
  /// Whether the connection may be used again. False as soon as anything about it is in doubt, and then for ever.
  ///
  /// Read under the pool's lock: it answers at once and never calls the pool.
  var isUsable: Bool { get }
  /// Whether it has to be reset before somebody else may have it: after a failure, or with answers still to come.
  ///
  /// Read under the pool's lock, as ``isUsable``.
  var needsReset: Bool { get }
  /// Resets the connection and waits for the answer; also the proof that an idle connection is alive.
  ///
  /// - Throws: When it failed, or was not done by the deadline; the pool then closes the connection.
  func reset(deadline: ContinuousClock.Instant) async throws
  /// Closes the connection. Returns soon whatever the other side does, and may be called while others still use it:
  /// their calls then fail.
  func close(reason: ConnectionCloseReason) async
}

/// Why a pool closed a connection.
public enum ConnectionCloseReason: String, Sendable, Hashable, CaseIterable, Codable, CodingKeyRepresentable {
  /// It had reached its maximum lifetime.
  case lifetime
  /// It did not pass the check after being idle, or could not be reset.
  case liveness
  /// It broke, or something about it was in doubt.
  case error
  /// The pool was told to forget its connections, because their server or their login is no longer valid.
  case purged
  /// The pool was closed.
  case shutdown
}
