import Actors
import Logging
import TestSupport

extension RabbitMQConfiguration {
  /// Short pauses, so that a test of a fault takes seconds, and long time limits: a broker that shares its processors
  /// with the tests, or whose disk is slow, may say nothing for ten seconds. Given up meanwhile, good connections end
  /// and what was confirmed too late is published twice. Tests of silence ask for ``shortHeartbeat``, tests of a missing
  /// answer for a limit of their own.
  static func test(_ urls: String, _ change: (inout RabbitMQConfiguration) -> Void = { _ in }) throws -> Self {
    var configuration = try RabbitMQConfiguration(urls)
    configuration.heartbeat = .seconds(30)
    configuration.connectTimeout = .seconds(5)
    configuration.requestTimeout = .seconds(60)
    configuration.confirmTimeout = .seconds(60)
    configuration.backoff = .milliseconds(50)...(.seconds(1))
    change(&configuration)
    return configuration
  }

  /// For tests in which nothing but the heartbeat tells that the other side is gone.
  static let shortHeartbeat = Duration.seconds(2)
}

/// A broker under test, closed at the end.
func withBroker<Value>(
  _ urls: String, logs: LogCapture = LogCapture(), _ change: (inout RabbitMQConfiguration) -> Void = { _ in },
  _ body: (RabbitMQBroker) async throws -> Value
) async throws -> Value {
  let broker = RabbitMQBroker(configuration: try .test(urls, change), logger: logs.logger("troupe.rabbitmq"))
  do {
    let value = try await body(broker)
    await broker.close()
    return value
  } catch {
    await broker.close()
    throw error
  }
}

/// A consumption under test, closed at the end.
func withConsumption<Value>(
  of queues: [QueueDeclaration], on broker: RabbitMQBroker, prefetch: Int = 16, into sink: RecordingSink,
  _ body: (any Consumption) async throws -> Value
) async throws -> Value {
  let consumption = try broker.consume(ConsumeRequest(queues: queues, prefetch: prefetch), into: sink)
  do {
    try await eventually("consuming") { consumption.state == .consuming }
    let value = try await body(consumption)
    await consumption.close()
    return value
  } catch {
    await consumption.close()
    throw error
  }
}

extension Publication {
  /// A message to a queue whose body is a text and whose id may be given.
  static func text(_ text: String, to queue: String, id: String? = nil) -> Publication {
    Publication(
      route: .queue(queue), body: .bytes(Array(text.utf8)), properties: MessageProperties(messageID: id))
  }
}

/// Three queues of a fresh name at the shared broker, deleted at the end.
func withQueue<Value>(
  _ stem: String, _ body: (_ queue: String, _ client: RawClient) async throws -> Value
) async throws -> Value {
  let queue = uniqueName(stem)
  let client = try await TestBroker.client()
  do {
    let value = try await body(queue, client)
    try await client.deleteAll(of: queue)
    await client.close()
    return value
  } catch {
    await client.close()
    throw error
  }
}
