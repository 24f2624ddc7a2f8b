internal import CRabbitMQ
import Glibc

/// An open connection together with its role: what one round of its work is. Used by one thread at a time, whoever holds the
/// ``ConnectionLease``.
final class ServedConnection: @unchecked Sendable {
  // Unchecked: it is handed from thread to thread by the lease, and never used by two.
  let connection: AMQPConnection
  let role: any ConnectionRole
  private let hangs: HangWatch
  private var reading = SocketReading()

  /// A wait never lasts longer than this, in nanoseconds.
  static let longestSleep: UInt64 = 5_000_000_000
  /// So many frames are read before the other duties get their turn.
  private static let framesPerRound = 768

  init(_ connection: AMQPConnection, _ role: any ConnectionRole, _ hangs: HangWatch) {
    self.connection = connection
    self.role = role
    self.hangs = hangs
  }

  /// One round without waiting: everything that is here is read, everything that is due is done.
  ///
  /// - Returns: Whether there is nothing more to do at once.
  func work() throws(RabbitMQError) -> Bool {
    var isDrained = true
    if reading.isDue(now: MonotonicClock.now) { isDrained = try read() }
    let isBusy = try watching { () throws(RabbitMQError) in try role.turn(connection) }
    guard !isBusy, isDrained, !connection.hasBufferedFrames else {
      reading.want()
      return false
    }
    return true
  }

  /// Reads what is here, and nothing else.
  func receive() throws(RabbitMQError) {
    if try !read() { reading.want() }
  }

  /// Whether more has come than ``receive()`` has read, which no wait for the socket would notice.
  var hasMore: Bool { connection.hasBufferedFrames }

  /// There is, or may be, something to be read.
  func wantRead() { reading.want() }

  /// - Returns: Whether nothing is left to be read.
  private func read() throws(RabbitMQError) -> Bool {
    var frames = 0
    while frames < Self.framesPerRound {
      guard let frame = try connection.nextFrame() else { return true }
      try role.received(frame, on: connection)
      amqp_maybe_release_buffers(connection.state)
      frames += 1
      if !connection.mayHaveMore { return true }
    }
    return false
  }

  /// A call that may hang inside the library.
  func watching<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R { try hangs.watching(connection, body) }

  /// What to wait for when there is nothing to do: frames, a signal, or the next deadline. Found out beforehand, because
  /// while one thread waits another may be at work here.
  var nextEvent: Wakeup.Event {
    Wakeup.Event(socket: connection.socket, deadline: deadline, isForWriting: role.awaitsWritable)
  }

  private var deadline: UInt64 {
    let heartbeat = connection.heartbeat > .zero ? connection.heartbeat.nanoseconds / 2 : Self.longestSleep
    let latest = MonotonicClock.now &+ min(heartbeat, Self.longestSleep)
    return min(role.nextDeadline ?? latest, latest)
  }
}
