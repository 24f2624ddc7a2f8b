import TestSupport
import Testing

@testable import Actors

@Suite("Messages that are due later")
struct DueTimeTests {
  private func message(eta: String) throws -> Message {
    var message = Message(queueName: "hand", actorName: "works")
    message.options.set("eta", to: try JSONText(validating: eta))
    return message
  }

  /// Delivers one message to a worker whose actor notes its options.
  private func deliver(
    _ message: Message, fromDelayQueue: Bool = false, _ check: (HandBroker, EventLog, LogCapture) async throws -> Void
  ) async throws {
    let (broker, events) = (HandBroker(), EventLog())
    var system = ActorSystem(middleware: [])
    system.broker = .instance(broker)
    system.actor("works", queue: "hand") { () in
      events.add(MessageContext.current?.options.contains("eta") == true ? "ran with eta" : "ran")
    }
    try await WorkerHarness.run(system) { harness in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(
        .of(message, tag: 1, fromDelayQueue: fromDelayQueue, headers: ["x-death": .array([]), "a": .null]))
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      try await check(broker, events, harness.log)
    }
  }

  private func delay(_ publication: Publication?) -> Duration? {
    if case .delayed(_, let delay)? = publication?.route { delay } else { nil }
  }

  @Test("A message that is due later goes into the ladder as it is", arguments: [0, 0.5])
  func future(fraction: Double) async throws {
    let eta = Double(WallClock.now + 60_000) + fraction
    let text = fraction == 0 ? String(Int64(eta)) : "\(eta)"
    let message = try message(eta: text)
    try await deliver(message) { broker, events, _ in
      #expect(events.all.isEmpty)
      #expect(broker.published.count == 1)
      #expect(broker.published.first?.bytes == message.encoded())
      let wait = try #require(delay(broker.published.first))
      #expect(wait > .seconds(50) && wait <= .seconds(60))
    }
  }

  @Test(
    "Past, null and nearly due ones run now, without the option", arguments: ["null", "0", "-5", "1.5", "true", "near"])
  func due(eta: String) async throws {
    let message = try message(eta: eta == "near" ? String(WallClock.now + 15) : eta)
    try await deliver(message) { broker, events, log in
      #expect(events.all == ["ran"])
      #expect(broker.published.isEmpty)
      #expect(log.lines(containing: "eta").isEmpty)
    }
  }

  @Test("Anything else runs now with one warning", arguments: [#""soon""#, "[]", "{}", "NaN"])
  func strange(eta: String) async throws {
    try await deliver(try message(eta: eta)) { _, events, log in
      #expect(events.all == ["ran"])
      #expect(log.lines(containing: "eta is no number").count == 1)
    }
  }

  @Test(
    "Absurd times do not trap",
    arguments: [
      "9223372036854775807", "-9223372036854775808", "1e308", "-1e308", "Infinity", "-Infinity",
      "170141183460469231731687303715884105728", "253402300799000",
    ])
  func absurd(eta: String) async throws {
    let isFuture = !eta.hasPrefix("-")
    try await deliver(try message(eta: eta)) { broker, events, _ in
      #expect(events.all.isEmpty == isFuture)
      #expect((delay(broker.published.first) != nil) == isFuture)
    }
  }

  @Test("From a delay queue: into the ladder under the canonical name, with its eta")
  func delayQueue() async throws {
    var message = try message(eta: String(WallClock.now + 60_000))
    message.queueName = "hand.DQ"
    try await deliver(message, fromDelayQueue: true) { broker, events, _ in
      #expect(events.all.isEmpty)
      let publication = try #require(broker.published.first)
      let wait = try #require(delay(publication))
      #expect(wait > .seconds(50) && wait <= .seconds(60))
      #expect(publication.message?.queueName == "hand")
      #expect(publication.message?.options["eta"] == message.options["eta"])
      #expect(publication.message?.id == message.id)
      #expect(publication.properties.headers == ["a": .null])
    }
  }

  @Test("From a delay queue and due: to its queue, without eta", arguments: ["1", "null"])
  func dueFromDelayQueue(eta: String) async throws {
    var message = try message(eta: eta)
    message.queueName = "hand.DQ"
    try await deliver(message, fromDelayQueue: true) { broker, _, _ in
      #expect(broker.published.first?.route == .queue("hand"))
      #expect(broker.published.first?.message?.options.contains("eta") == false)
      #expect(broker.published.first?.message?.queueName == "hand")
    }
  }

  @Test("An unreadable body in a delay queue goes to the dead-letter queue as it is")
  func unreadableInDelayQueue() async throws {
    let broker = HandBroker()
    var system = ActorSystem(middleware: [])
    system.broker = .instance(broker)
    system.actor("works", queue: "hand") { () in }
    try await WorkerHarness.run(system) { _ in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(Array("junk".utf8), tag: 1, fromDelayQueue: true))
      try await eventually("the acknowledgement") { broker.settlement(1) == .acknowledge }
      #expect(broker.published.first?.route == .deadLetter(queue: "hand"))
      #expect(broker.published.first?.bytes == Array("junk".utf8))
    }
  }

  @Test("Delay queues are drained while every slot is busy")
  func busySlots() async throws {
    let (broker, gate) = (HandBroker(), TestGate())
    var system = ActorSystem(middleware: [])
    system.broker = .instance(broker)
    system.actor("waits", queue: "hand") { () in await gate.pass() }
    try await WorkerHarness.run(system, WorkerConfiguration(concurrency: 1, threads: 1)) { _ in
      try await eventually("consuming") { broker.isConsumed }
      broker.deliver(.of(Message(queueName: "hand", actorName: "waits"), tag: 1))
      broker.deliver(.of(try message(eta: String(WallClock.now + 60_000)), tag: 2, fromDelayQueue: true))
      try await eventually("it moved on") { broker.settlement(2) == .acknowledge }
      #expect(broker.settlement(1) == nil)
      gate.open()
    }
  }
}
