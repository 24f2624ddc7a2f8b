import TestSupport
import Testing

@testable import Actors

@Suite("What cannot be run goes to the dead-letter queue as it came")
struct DeadLetterTests {
  private func run(
    _ body: [UInt8], headers: [String: AMQPValue] = [:], mapped: Bool = false
  ) async throws -> (
    Publication, [LogCapture.Line]
  ) {
    let broker = HandBroker()
    var system = ActorSystem(middleware: [])
    system.broker = .instance(broker)
    system.actor("works", queue: "hand") { (number: Int) in print(number) }
    var published: Publication?
    var lines: [LogCapture.Line] = []
    var configuration = WorkerConfiguration(concurrency: 2, threads: 2)
    configuration.limits = DecodingLimits(maxBodySize: 4_096)
    try await WorkerHarness.run(system, configuration) { harness in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(body, tag: 1, headers: headers))
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      published = broker.published.first
      lines = harness.log.lines(from: .error)
      #expect(broker.published.count == 1)
    }
    return (try #require(published), lines)
  }

  private func reason(_ publication: Publication) -> String? {
    publication.properties.headers["x-troupe-reason"]?.stringValue
  }

  @Test(
    "Bodies that are no message",
    arguments: [
      "", "{", "null", "[]", "not json", #"{"queue_name":"hand"}"#,
      #"{"queue_name":"hand","actor_name":"works","args":[],"kwargs":null,"options":{}}"#,
      #"{"queue_name":"hand","actor_name":"works","args":[],"kwargs":{},"options":null}"#,
      #"{"queue_name":"hand","actor_name":"works","args":null,"kwargs":{},"options":{}}"#,
    ])
  func unreadable(text: String) async throws {
    let body = Array(text.utf8)
    let (publication, lines) = try await run(body)
    #expect(publication.route == .deadLetter(queue: "hand"))
    #expect(publication.bytes == body)
    #expect(reason(publication) == "invalid_message")
    #expect(publication.properties.headers["x-troupe-attempts"] == .integer(0))
    #expect(lines.count == 1)
  }

  @Test("An actor that nobody registered, with what is known in the headers")
  func unknownActor() async throws {
    var message = Message(queueName: "hand", actorName: "nobody\u{1b}[2J")
    message.options.set("retries", to: 4)
    let (publication, lines) = try await run(
      message.encoded(),
      headers: [
        "x-death": .array([]), "x-first-death-reason": .string("expired"), "x-last-death-queue": .string("q"),
        "x-troupe-reason": .string("max_retries"), "trace": .string("kept"),
      ])
    #expect(publication.bytes == message.encoded())
    #expect(reason(publication) == "actor_not_found")
    let headers = publication.properties.headers
    #expect(headers["trace"] == .string("kept"))
    #expect(headers["x-death"] == nil)
    #expect(headers["x-first-death-reason"] == nil)
    #expect(headers["x-last-death-queue"] == nil)
    #expect(headers["x-troupe-queue"] == .string("hand"))
    #expect(headers["x-troupe-attempts"] == .integer(4))
    #expect(headers["x-troupe-time"]?.integerValue.map { abs($0 - WallClock.now) < 60_000 } == true)
    #expect(headers["x-troupe-pid"] != nil)
    #expect(lines.count == 1)
    #expect(lines.first?.description.contains("\u{1b}") == false)
  }

  @Test("Arguments that do not fit")
  func invalidArguments() async throws {
    let message = Message(
      queueName: "hand", actorName: "works", arguments: try JSONText(validating: #"["seven"]"#))
    let (publication, _) = try await run(message.encoded())
    #expect(reason(publication) == "invalid_arguments")
    #expect(publication.bytes == message.encoded())
    #expect(publication.properties.headers["x-troupe-attempts"] == .integer(1))
    #expect(publication.properties.headers["x-troupe-actor"] == .string("works"))
  }

  @Test("A body above the limit")
  func tooLarge() async throws {
    let body = [UInt8](repeating: 0x20, count: 4_097)
    let (publication, _) = try await run(body)
    #expect(reason(publication) == "too_large")
    #expect(publication.bytes == body)
  }

  @Test("Error texts are bounded and hold no password")
  func errorText() async throws {
    let broker = HandBroker()
    var system = ActorSystem(middleware: [])
    system.broker = .instance(broker)
    let text = "amqp://joe:secret-word@host/ " + String(repeating: "x", count: 10_000)
    system.actor("works", queue: "hand") { () in throw ProbeError(text: text) }
    try await WorkerHarness.run(system) { harness in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(Message(queueName: "hand", actorName: "works"), tag: 1))
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      let error = broker.published.first?.properties.headers["x-troupe-error"]?.stringValue ?? ""
      #expect(error.contains("joe"))
      #expect(!error.contains("secret-word"))
      #expect(error.utf8.count <= 4_096)
      #expect(!harness.log.text.contains("secret-word"))
    }
  }

  @Test("A compressed body is refused, a character set is not", arguments: [("gzip", true), ("utf-8", false)])
  func contentEncoding(encoding: String, isRefused: Bool) async throws {
    let broker = HandBroker()
    var system = ActorSystem(middleware: [])
    system.broker = .instance(broker)
    system.actor("works", queue: "hand") { () in }
    try await WorkerHarness.run(system) { _ in
      try await eventually("consuming") { broker.isConsumed }
      var properties = MessageProperties()
      properties.contentEncoding = encoding
      broker.deliver(
        Delivery(
          queue: "hand", body: .bytes(Message(queueName: "hand", actorName: "works").encoded()), properties: properties,
          receipt: Delivery.Receipt(generation: 1, tag: 1)))
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      #expect(broker.published.isEmpty == !isRefused)
    }
  }
}
