internal import CRabbitMQ
package import Logging
import Synchronization

/// How many messages the three parts of a queue hold.
package struct QueueCounts: Sendable, Hashable {
  /// Messages ready to be delivered.
  package let ready: Int
  /// Consumers of the main queue.
  package let consumers: Int
  /// Messages in the delay queue of dramatiq peers.
  package let delayed: Int
  /// Messages in the dead-letter queue.
  package let dead: Int
}

/// A message taken with basic.get and not acknowledged: it returns to its queue when the lease ends.
package struct LeasedMessage: Sendable {
  package let tag: UInt64
  package let redelivered: Bool
  package let body: [UInt8]
  package let properties: MessageProperties
}

/// Looks into queues and takes messages out of them one by one: what the command line needs. Its connection has a thread of
/// its own, which also keeps the heartbeat while a person thinks.
package final class RabbitMQAdministration: Sendable {
  private typealias Job = @Sendable (Session) -> Void

  private struct State: Sendable {
    var jobs: [Job] = []
    var isClosed = false
    var hasStarted = false
  }

  /// What lives on the thread.
  private final class Session {
    let configuration: RabbitMQConfiguration
    var connection: AMQPConnection?
    var leaseChannel: UInt16?

    init(_ configuration: RabbitMQConfiguration) { self.configuration = configuration }

    func connected() throws(RabbitMQError) -> AMQPConnection {
      if let connection { return connection }
      var last = RabbitMQError(.unreachable, "no broker is configured")
      for url in configuration.urls {
        do throws(RabbitMQError) {
          let made = try AMQPConnection(url, configuration, role: "administration")
          connection = made
          return made
        } catch { last = error }
      }
      throw last
    }
  }

  private let configuration: RabbitMQConfiguration
  private let logger: Logger
  private let state = Lock(State())
  private let wakeup = Wakeup()

  package init(_ configuration: RabbitMQConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
  }

  deinit {
    state.withLock { $0.isClosed = true }
    wakeup.signal()
  }

  /// Counts the messages of a queue's three parts.
  ///
  /// - Returns: nil when there is no such queue.
  /// - Throws: ``RabbitMQError``.
  package func counts(of queue: String) async throws -> QueueCounts? {
    try await perform { session throws(RabbitMQError) in
      guard let main = try Self.count(queue, session) else { return nil }
      return QueueCounts(
        ready: main.ready, consumers: main.consumers, delayed: try Self.count(QueueName.delay(queue), session)?.ready ?? 0,
        dead: try Self.count(QueueName.deadLetter(queue), session)?.ready ?? 0)
    }
  }

  private static func count(
    _ queue: String, _ session: Session
  ) throws(RabbitMQError) -> (ready: Int, consumers: Int)? {
    let connection = try session.connected()
    let channel = try connection.openChannel()
    do throws(RabbitMQError) {
      let counts = try connection.declareQueue(queue, passive: true, on: channel)
      try connection.closeChannel(channel)
      return counts
    } catch {
      if error.code == .notFound { return nil }
      throw error
    }
  }

  /// Takes up to `limit` messages, or `maxBytes` of bodies, and holds them until ``acknowledge(_:)`` or ``release()``.
  ///
  /// - Parameter queue: The queue's full name, for example `default.XQ`.
  /// - Throws: ``RabbitMQError`` (`notFound` when there is no such queue).
  package func lease(_ queue: String, limit: Int, maxBytes: Int) async throws -> [LeasedMessage] {
    try await perform { session throws(RabbitMQError) in
      let connection = try session.connected()
      if session.leaseChannel == nil { session.leaseChannel = try connection.openChannel() }
      guard let channel = session.leaseChannel else { return [] }
      var messages: [LeasedMessage] = []
      var bytes = 0
      do throws(RabbitMQError) {
        while messages.count < limit, bytes < maxBytes, let message = try connection.get(queue, on: channel) {
          messages.append(message)
          bytes += message.body.count
        }
      } catch {
        if error.concernsChannelOnly { session.leaseChannel = nil }
        throw error
      }
      return messages
    }
  }

  /// Removes leased messages from their queue.
  ///
  /// - Throws: ``RabbitMQError``; then some may not have been removed.
  package func acknowledge(_ tags: [UInt64]) async throws {
    try await perform { session throws(RabbitMQError) in
      guard let channel = session.leaseChannel else {
        throw RabbitMQError(.channelClosed, "nothing is leased: the lease has ended")
      }
      let connection = try session.connected()
      for tag in tags { try connection.acknowledge(tag, multiple: false, on: channel) }
    }
  }

  /// Ends the lease: what was not acknowledged returns to its queue. The answer of the broker is awaited, so everything
  /// acknowledged before is gone for good.
  package func release() async {
    try? await perform { session throws(RabbitMQError) in
      guard let channel = session.leaseChannel, let connection = session.connection else { return }
      session.leaseChannel = nil
      try connection.closeChannel(channel)
    }
  }

  /// Ends the lease and closes the connection; may be called twice.
  package func close() async {
    await release()
    try? await perform { session throws(RabbitMQError) in
      session.connection?.close()
      session.connection = nil
    }
    state.withLock { $0.isClosed = true }
    wakeup.signal()
  }

  // MARK: - The thread

  private func perform<R: Sendable>(
    _ body: @escaping @Sendable (Session) throws(RabbitMQError) -> R
  ) async throws -> R {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<R, any Error>) in
      let job: Job = { session in
        do throws(RabbitMQError) {
          continuation.resume(returning: try body(session))
        } catch {
          // After anything but a channel's error the connection is in doubt; the next request makes another.
          if !error.concernsChannelOnly { (session.connection, session.leaseChannel) = (nil, nil) }
          continuation.resume(throwing: error)
        }
      }
      let (isClosed, mustStart) = state.withLock { state -> (Bool, Bool) in
        if state.isClosed { return (true, false) }
        state.jobs.append(job)
        defer { state.hasStarted = true }
        return (false, !state.hasStarted)
      }
      if isClosed { return continuation.resume(throwing: RabbitMQError(.closed, "this connection has been closed")) }
      if mustStart { start() }
      wakeup.signal()
    }
  }

  private func start() {
    let configuration = configuration
    NamedThread.start("amqp-admin") { [weak self, wakeup] in
      let session = Session(configuration)
      while let jobs = self?.takeJobs() {
        for job in jobs { job(session) }
        Self.keepAlive(session)
        if jobs.isEmpty { wakeup.wait(milliseconds: 1_000) }
      }
    }
  }

  /// - Returns: nil when the thread shall end.
  private func takeJobs() -> [Job]? {
    state.withLock { state in
      if state.jobs.isEmpty, state.isClosed { return nil }
      defer { state.jobs = [] }
      return state.jobs
    }
  }

  /// Reads what has come, which also sends the heartbeats; a lost connection is noticed by the next request.
  private static func keepAlive(_ session: Session) {
    guard let connection = session.connection else { return }
    do throws(RabbitMQError) {
      while let frame = try connection.nextFrame() {
        if case .channelClosed(let channel, _) = frame {
          connection.confirmChannelClosed(channel)
          if session.leaseChannel == channel { session.leaseChannel = nil }
        }
        amqp_maybe_release_buffers(connection.state)
      }
    } catch {
      (session.connection, session.leaseChannel) = (nil, nil)
    }
  }
}

extension AMQPConnection {
  /// Takes one message with basic.get, unacknowledged.
  ///
  /// - Returns: nil when the queue is empty.
  func get(_ queue: String, on channel: UInt16) throws(RabbitMQError) -> LeasedMessage? {
    let arena = FieldTable.Arena()
    let reply = amqp_basic_get(state, channel, arena.bytes(queue), 0)
    if let error = RabbitMQError(reply, during: "reading from \(queue)") {
      if error.concernsChannelOnly { confirmChannelClosed(channel) }
      throw error
    }
    guard reply.reply.id == AMQP_BASIC_GET_OK_METHOD, let decoded = reply.reply.decoded else { return nil }
    let answer = decoded.assumingMemoryBound(to: amqp_basic_get_ok_t.self).pointee
    var message = amqp_message_t()
    let read = amqp_read_message(state, channel, &message, 0)
    if let error = RabbitMQError(read, during: "reading a message of \(queue)") { throw error }
    defer {
      amqp_destroy_message(&message)
      releaseBuffers(channel)
    }
    return LeasedMessage(
      tag: answer.delivery_tag, redelivered: answer.redelivered != 0,
      body: Array(UnsafeRawBufferPointer(start: message.body.bytes, count: message.body.len)),
      properties: withUnsafePointer(to: message.properties) { MessageProperties($0) })
  }
}
