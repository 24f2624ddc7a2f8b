import Dispatch

/// The tests' own AMQP client: publishes any bytes with any properties, and reads what is in queues.
///
/// One channel; calls run one after the other on a thread of its own.
package final class RawClient: Sendable {
  private let queue = DispatchQueue(label: "test.raw-client")
  private nonisolated(unsafe) let connection: RawConnection

  private init(_ connection: sending RawConnection) { self.connection = connection }

  /// Connects.
  ///
  /// - Throws: ``SystemFailure``, ``WireError``, ``BrokerRefusal``.
  package static func connect(_ url: String) async throws -> RawClient {
    guard let address = BrokerAddress(url) else { throw WireError("not an amqp:// URL") }
    return try await offPool { RawClient(try RawConnection(address)) }
  }

  /// Connects, lends the client, and closes it.
  package static func with<Value>(_ url: String, _ body: (RawClient) async throws -> Value) async throws -> Value {
    let client = try await connect(url)
    do {
      let value = try await body(client)
      await client.close()
      return value
    } catch {
      await client.close()
      throw error
    }
  }

  private func perform<Value: Sendable>(
    _ body: @escaping @Sendable (RawConnection) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { [self] in continuation.resume(with: Result { try body(connection) }) }
    }
  }

  /// Closes the connection.
  package func close() async { try? await perform { $0.close() } }

  /// Declares a durable queue.
  ///
  /// - Throws: ``BrokerRefusal`` 406 when it exists with other arguments.
  @discardableResult
  package func declare(_ queue: String, arguments: [String: WireValue] = [:]) async throws -> QueueFigures {
    try await perform { try $0.declare(queue, passive: false, arguments: arguments) }
  }

  /// Declares a queue's three parts exactly as dramatiq does.
  package func declareLikeDramatiq(_ queue: String, maxPriority: Int32? = nil) async throws {
    var arguments: [String: WireValue] = [
      "x-dead-letter-exchange": .string(""), "x-dead-letter-routing-key": .string("\(queue).XQ"),
    ]
    if let maxPriority { arguments["x-max-priority"] = .int32(maxPriority) }
    try await declare(queue, arguments: arguments)
    try await declare("\(queue).DQ", arguments: arguments)
    try await declare("\(queue).XQ", arguments: ["x-message-ttl": .int32(604_800_000)])
  }

  /// What the broker says about a queue; nil when it does not exist.
  package func figures(_ queue: String) async throws -> QueueFigures? {
    do {
      return try await perform { try $0.declare(queue, passive: true, arguments: [:]) }
    } catch let refusal as BrokerRefusal where refusal.code == 404 {
      return nil
    }
  }

  /// How many messages a queue has ready; 0 when it does not exist.
  package func ready(_ queue: String) async throws -> Int { try await figures(queue)?.ready ?? 0 }

  /// Deletes a queue.
  package func delete(_ queue: String) async throws { try await perform { try $0.delete(queue) } }

  /// Deletes a queue's three parts.
  package func deleteAll(of queue: String) async throws {
    for name in [queue, "\(queue).DQ", "\(queue).XQ"] { try await delete(name) }
  }

  /// Removes what a queue has ready.
  ///
  /// - Returns: How many messages that were.
  @discardableResult
  package func purge(_ queue: String) async throws -> Int { try await perform { try $0.purge(queue) } }

  /// Publishes one message and waits for the broker's word.
  @discardableResult
  package func publish(
    _ body: [UInt8], to queue: String, _ properties: WireProperties = WireProperties()
  ) async throws -> RawConfirm {
    try await perform { try $0.publish([body], to: queue, properties)[0] }
  }

  /// Publishes one text and requires that the broker takes it.
  ///
  /// - Throws: ``WireError`` when it does not.
  package func publish(
    text: String, to queue: String, _ properties: WireProperties = WireProperties()
  ) async throws {
    let confirm = try await publish(Array(text.utf8), to: queue, properties)
    guard confirm == .confirmed else { throw WireError("publish to \(queue): \(confirm)") }
  }

  /// Publishes many texts with pipelined confirms and requires that the broker takes all.
  ///
  /// - Throws: ``WireError`` when it does not.
  package func publish(texts: [String], to queue: String) async throws {
    let confirms = try await perform { try $0.publish(texts.map { Array($0.utf8) }, to: queue, WireProperties()) }
    guard confirms.allSatisfy({ $0 == .confirmed }) else { throw WireError("publish to \(queue): not all confirmed") }
  }

  /// Takes the next message of a queue.
  ///
  /// - Parameter acknowledge: False keeps it unacknowledged until ``release()`` or ``acknowledge(_:)``.
  /// - Returns: nil when the queue is empty.
  package func take(_ queue: String, acknowledge: Bool = true) async throws -> RawMessage? {
    try await perform { connection in
      let message = try connection.get(queue)
      if acknowledge, let message { try connection.acknowledge(message.tag) }
      return message
    }
  }

  /// Takes everything that a queue has ready.
  package func takeAll(_ queue: String) async throws -> [RawMessage] {
    try await perform { connection in
      var messages: [RawMessage] = []
      while let message = try connection.get(queue) {
        try connection.acknowledge(message.tag)
        messages.append(message)
      }
      return messages
    }
  }

  /// Polls until a message comes.
  package func waitFor(_ queue: String, within limit: Duration = .testPatience) async throws -> RawMessage {
    try await eventually("a message on \(queue)", within: limit) {
      try await figures(queue) == nil ? nil : take(queue)
    }
  }

  /// Acknowledges a message that was taken without.
  package func acknowledge(_ tag: UInt64) async throws { try await perform { try $0.acknowledge(tag) } }
  /// Gives back every message that was taken and not acknowledged.
  package func release() async throws { try await perform { try $0.release() } }
}
