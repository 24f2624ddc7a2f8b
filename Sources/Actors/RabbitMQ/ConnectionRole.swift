/// What a connection is for. Everything is called by the thread that holds the connection's ``ConnectionLease``: its keeper
/// everything, others only what is said to be for them.
protocol ConnectionRole: AnyObject {
  /// Whether a connection is needed (again).
  var isWanted: Bool { get }
  /// When ``turn(_:)`` must be called although nothing has come, in monotonic nanoseconds.
  var nextDeadline: UInt64? { get }

  /// The connection stands: open channels, declare, consume.
  func opened(_ connection: AMQPConnection) throws(RabbitMQError)
  /// A frame came.
  func received(_ frame: IncomingFrame, on connection: AMQPConnection) throws(RabbitMQError)
  /// Does what is due: deliveries, publishes, acknowledgements.
  ///
  /// - Returns: Whether there is more to do at once.
  func turn(_ connection: AMQPConnection) throws(RabbitMQError) -> Bool
  /// Whether there is something for ``keep(_:)``.
  var needsKeeper: Bool { get }
  /// Does what is due and has to wait for the broker's answer. For the keeper only.
  ///
  /// - Returns: Whether the broker was asked.
  func keep(_ connection: AMQPConnection) throws(RabbitMQError) -> Bool
  /// Does at once, on a thread that only passes by, what does not wait.
  ///
  /// - Returns: Whether everything is done, and the next command signals again.
  func workInPassing(_ served: ServedConnection) throws(RabbitMQError) -> Bool
  /// Whether those who pass by come one after the other, each alone: then they may read their own answers.
  var hasLoneVisitors: Bool { get }
  /// Whether it waits for room in the socket's buffer.
  var awaitsWritable: Bool { get }
  /// Whether the loop may sleep in `poll`; from here on a new command must signal the loop.
  ///
  /// - Parameter connected: Without a connection there is nothing to be done for what waits.
  func prepareToSleep(connected: Bool) -> Bool
  /// Whether the loop may leave the socket alone for a moment, see ``ReadPacing``. Asked once before each sleep.
  func mayPause(now: UInt64) -> Bool
  /// The loop is awake again.
  func wokeUp()
  /// Asked to stop: flush what is due and close the channels.
  func closing(_ connection: AMQPConnection)
  /// A frame came that cannot be decoded: nothing more can be read, but something may still be sent. ``lost(_:)`` follows.
  func becameUnreadable(_ connection: AMQPConnection, _ error: RabbitMQError)
  /// The connection is gone.
  func lost(_ error: RabbitMQError)
  /// No connection could be made.
  func unreachable(_ error: RabbitMQError, attempts: Int)
  /// The loop has ended; nothing more will come.
  func stopped()
}

extension ConnectionRole {
  var hasLoneVisitors: Bool { false }
}
