internal import CRabbitMQ
import Glibc
import Logging
import Synchronization

/// One AMQP connection and the thread that owns it: connects, reads, writes, keeps the heartbeat, and comes back after every
/// loss until it is stopped. User code never runs here.
///
/// What can stall, and what ends it: connecting is bounded by `connectTimeout`, requests by `requestTimeout`, a silent
/// broker by two heartbeats, and a write that hangs by ``watch(_:)``: the timer thread cuts the socket.
final class ConnectionLoop: Sendable {
  private let configuration: RabbitMQConfiguration
  private let logger: Logger
  private let roleName: String
  let wakeup = Wakeup()
  private let isStopping = Atomic(false)
  private let hasEnded = Lock<(ended: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))
  private let watched = Lock<(cutter: SocketCutter, since: UInt64)?>(nil)

  /// The thread never waits longer than this in `poll`.
  private static let longestSleep: UInt64 = 5_000_000_000
  /// So many frames are read before the other duties get their turn.
  private static let framesPerTurn = 768

  init(_ configuration: RabbitMQConfiguration, role: String, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
    roleName = role
  }

  /// Starts the thread; `makeRole` runs on it.
  func start(_ makeRole: @escaping @Sendable () -> any ConnectionRole) {
    let started = NamedThread.start("amqp-\(roleName)") { [self] in
      run(makeRole())
      end()
    }
    if !started {
      logger.critical("no thread for the AMQP \(roleName) connection")
      end()
    }
  }

  /// Asks the loop to flush, to close and to end.
  func stop() {
    isStopping.store(true, ordering: .releasing)
    wakeup.signal()
  }

  /// Waits until the loop has ended.
  func join() async {
    await withCheckedContinuation { continuation in
      let ended = hasEnded.withLock { state in
        if !state.ended { state.waiters.append(continuation) }
        return state.ended
      }
      if ended { continuation.resume() }
    }
  }

  private func end() {
    let waiters = hasEnded.withLock { state in
      state.ended = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  private var mustStop: Bool { isStopping.load(ordering: .acquiring) }

  // MARK: - The thread

  private func run(_ role: any ConnectionRole) {
    var machine = RecoveryMachine(backoff: configuration.backoff)
    var nextURL = 0
    while !mustStop {
      if role.isWanted { machine.want() }
      switch machine.step(now: MonotonicClock.now) {
      case .nothing: if !role.isWanted { sleepDisconnected(MonotonicClock.now &+ Self.longestSleep, role) }
      case .sleep(let until): sleepDisconnected(until, role)
      case .probe: machine.portAnswered(anyPortAnswers(), now: MonotonicClock.now)
      case .connect:
        let url = configuration.urls[nextURL % configuration.urls.count]
        do throws(RabbitMQError) {
          let connection = try AMQPConnection(url, configuration, role: roleName)
          machine.connected(now: MonotonicClock.now)
          try serve(connection, role)
        } catch {
          report(error, &machine, role)
          nextURL += 1
        }
      }
    }
    role.stopped()
  }

  /// Serves one connection until it is lost or the loop is stopped.
  private func serve(_ connection: AMQPConnection, _ role: any ConnectionRole) throws(RabbitMQError) {
    defer { watched.withLock { $0 = nil } }
    // Many short requests in a row are no hang.
    connection.onAnswer = { [self] in watched.withLock { $0?.since = MonotonicClock.now } }
    do throws(RabbitMQError) {
      try watching(connection) { () throws(RabbitMQError) in try role.opened(connection) }
      var reading = SocketReading()
      while !mustStop { try turn(connection, role, &reading) }
      watching(connection) {
        role.closing(connection)
        connection.close()
      }
    } catch {
      role.lost(error)
      throw error
    }
  }

  /// One round: everything that is here is read, everything that is due is done, and when there was nothing, sleep.
  private func turn(
    _ connection: AMQPConnection, _ role: any ConnectionRole, _ reading: inout SocketReading
  ) throws(RabbitMQError) {
    var isDrained = true
    if reading.isDue(now: MonotonicClock.now) { isDrained = try read(connection, role) }
    let busy = try watching(connection) { () throws(RabbitMQError) in try role.turn(connection) }
    guard !busy, isDrained, !connection.hasBufferedFrames else { return reading.want() }
    guard role.prepareToSleep(connected: true) else { return }
    if role.mayPause(now: MonotonicClock.now) {
      // Nobody needs to signal: the pause is shorter than anything that could be in a hurry.
      role.wokeUp()
      ReadPacing.pause()
      reading.want()
    } else {
      let isCommandOnly = poll(
        connection.socket, until: deadline(connection, role), forWriting: role.awaitsWritable)
      role.wokeUp()
      if !isCommandOnly { reading.want() }
    }
  }

  /// - Returns: Whether nothing is left to be read.
  private func read(_ connection: AMQPConnection, _ role: any ConnectionRole) throws(RabbitMQError) -> Bool {
    var frames = 0
    while frames < Self.framesPerTurn {
      guard let frame = try connection.nextFrame() else { return true }
      try role.received(frame, on: connection)
      amqp_maybe_release_buffers(connection.state)
      frames += 1
      if !connection.mayHaveMore { return true }
    }
    return false
  }

  private func deadline(_ connection: AMQPConnection, _ role: any ConnectionRole) -> UInt64 {
    let heartbeat = connection.heartbeat > .zero ? connection.heartbeat.nanoseconds / 2 : Self.longestSleep
    let latest = MonotonicClock.now &+ min(heartbeat, Self.longestSleep)
    return min(role.nextDeadline ?? latest, latest)
  }

  private func sleepDisconnected(_ until: UInt64, _ role: any ConnectionRole) {
    if role.prepareToSleep(connected: false) { poll(-1, until: until) }
    role.wokeUp()
  }

  /// - Returns: Whether it was ended by a command, and nothing is to be read.
  @discardableResult
  private func poll(_ socket: Int32, until deadline: UInt64, forWriting: Bool = false) -> Bool {
    let now = MonotonicClock.now
    guard deadline > now, !mustStop else { return false }
    var descriptors = (
      pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: socket, events: Int16(forWriting ? POLLIN | POLLOUT : POLLIN), revents: 0)
    )
    let milliseconds = Int32(clamping: (deadline - now + 999_999) / 1_000_000)
    _ = withUnsafeMutablePointer(to: &descriptors) { pointer in
      pointer.withMemoryRebound(to: pollfd.self, capacity: 2) { Glibc.poll($0, socket >= 0 ? 2 : 1, milliseconds) }
    }
    let isCommand = descriptors.0.revents != 0
    if isCommand { wakeup.drain() }
    return isCommand && descriptors.1.revents == 0
  }

  private func report(_ error: RabbitMQError, _ machine: inout RecoveryMachine, _ role: any ConnectionRole) {
    let wasOpen = machine.state == .open
    machine.failed(error, now: MonotonicClock.now, jitter: .random(in: 0..<1))
    if !wasOpen { role.unreachable(error, attempts: machine.attempts) }
  }

  private func anyPortAnswers() -> Bool { configuration.urls.contains { PortProbe.answers($0) } }

  // MARK: - The watchdog

  /// Does something that may hang inside the library, watched by the timer thread.
  private func watching<R, E: Error>(_ connection: AMQPConnection, _ body: () throws(E) -> R) throws(E) -> R {
    watched.withLock { $0 = (connection.cutter, MonotonicClock.now) }
    defer { watched.withLock { $0 = nil } }
    return try body()
  }

  /// Cuts the socket when one call has been inside the library for longer than `limit` nanoseconds. Called by the timer
  /// thread.
  func cutIfHanging(longerThan limit: UInt64, now: UInt64) {
    let hanging = watched.withLock { watched -> SocketCutter? in
      guard let entry = watched, now > entry.since, now - entry.since > limit else { return nil }
      watched = nil
      return entry.cutter
    }
    guard let hanging else { return }
    logger.warning("the AMQP \(roleName) connection hung in a call for \(limit / 1_000_000_000) s; cutting it")
    hanging.cut()
  }
}
