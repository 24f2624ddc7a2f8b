import Actors
import TestSupport
import Testing

/// What a sender is told, and what is in the queue, when a publish goes wrong.
@Suite struct PublishFaultTests {
  /// F08: the connection is cut in the middle of a publish, at any byte.
  @Test(arguments: [1, 7, 40, 333, 4_096, 20_011, 65_537])
  func cutDuringPublishLosesNothing(after bytes: Int) async throws {
    let proxy = try FaultProxy(to: try await TestBroker.port())
    defer { proxy.stop() }
    try await withQueue("f08") { queue, client in
      try await withBroker("amqp://guest:guest@127.0.0.1:\(proxy.port)/%2F") { broker in
        #expect(await broker.publish([.text("warm-up", to: queue)]) == [.confirmed])
        proxy.cut(.up, after: bytes)
        let names = (0..<300).map { "message-\($0)-" + String(repeating: "x", count: 200) }
        let outcomes = await broker.publish(names.map { .text($0, to: queue, id: $0) })
        let unconfirmed = outcomes.filter { !$0.isConfirmed }
        #expect(unconfirmed.isEmpty, "the library sends again what it cannot know")
        let found = try await client.takeAll(queue).map(\.text).filter { $0 != "warm-up" }
        let lost = Set(names).subtracting(found).count
        #expect(lost == 0)
        #expect(found.count - names.count <= 300, "duplicates stay within what was in flight")
        #expect(proxy.accepted >= 2)
      }
    }
  }

  /// F08, the other direction: the broker has the messages, its confirms are cut.
  @Test(arguments: [1, 20, 100, 500])
  func cutDuringConfirmsLosesNothing(after bytes: Int) async throws {
    let proxy = try FaultProxy(to: try await TestBroker.port())
    defer { proxy.stop() }
    try await withQueue("f08") { queue, client in
      try await withBroker("amqp://guest:guest@127.0.0.1:\(proxy.port)/%2F") { broker in
        #expect(await broker.publish([.text("warm-up", to: queue)]) == [.confirmed])
        proxy.cut(.down, after: bytes)
        let names = (0..<200).map { "message-\($0)" }
        let outcomes = await broker.publish(names.map { .text($0, to: queue, id: $0) })
        let unconfirmed = outcomes.filter { !$0.isConfirmed }
        #expect(unconfirmed.isEmpty)
        let found = try await client.takeAll(queue).map(\.text).filter { $0 != "warm-up" }
        let lost = Set(names).subtracting(found).count
        #expect(lost == 0)
        #expect(found.count - names.count <= 200)
      }
    }
  }

  /// F10: nobody confirms. The send ends by its deadline and says that it does not know.
  @Test func confirmThatNeverComesIsUnknownByTheDeadline() async throws {
    let server = try ScriptedBroker { connection in
      try connection.handshake()
      var behaviour = ScriptedBehaviour()
      behaviour.publish = { _, _ in }
      try connection.serve(behaviour)
    }
    defer { server.stop() }
    try await withBroker(server.url) {
      $0.confirmTimeout = .milliseconds(800)
    } _: { broker in
      let start = ContinuousClock.now
      let outcomes = await broker.publish([.text("a", to: "q"), .text("b", to: "q")])
      let elapsed = ContinuousClock.now - start
      for outcome in outcomes { #expect(outcome.isUnknown, "\(outcome)") }
      #expect(elapsed >= .milliseconds(780))
      #expect(elapsed < .seconds(50), "the deadline that was set, not that of the other tests")
    }
  }

  /// F10: a broker that answers no more holds senders back instead of filling memory, and lets none hang.
  @Test func stalledBrokerGivesBackPressureAndNoHang() async throws {
    let proxy = try FaultProxy(to: try await TestBroker.port())
    defer { proxy.stop() }
    try await withQueue("f10") { queue, client in
      try await withBroker("amqp://guest:guest@127.0.0.1:\(proxy.port)/%2F") {
        $0.confirmTimeout = .seconds(1)
        $0.outboxCapacity = 20
      } _: { broker in
        try await eventually("connected") { await broker.publish([.text("warm-up", to: queue)])[0].isConfirmed }
        proxy.treat(.down) { $0.isStalled = true }
        let outcomes = await withTaskGroup(of: PublishOutcome.self) { group in
          for number in 0..<60 { group.addTask { await broker.publish([.text("m\(number)", to: queue)])[0] } }
          return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count == 60)
        for outcome in outcomes { #expect(outcome.isUnknown, "\(outcome)") }
        proxy.heal()
        let after = try await eventually("publishing again") { () -> PublishOutcome? in
          let outcome = await broker.publish([.text("after", to: queue)])[0]
          return outcome.isConfirmed ? outcome : nil
        }
        #expect(after == .confirmed)
        let found = try await client.takeAll(queue).map(\.text)
        #expect(found.contains("after"))
      }
    }
  }

  /// The broker reads nothing for a while, until the socket is full. The connection outlives it: whole publishes wait, none
  /// is cut in two, and each arrives once.
  @Test func fullSocketIsWaitedFor() async throws {
    let proxy = try FaultProxy(to: try await TestBroker.port())
    defer { proxy.stop() }
    try await withQueue("full-socket") { queue, client in
      try await withBroker("amqp://guest:guest@127.0.0.1:\(proxy.port)/%2F") {
        $0.confirmTimeout = .seconds(60)
      } _: { broker in
        #expect(await broker.publish([.text("warm-up", to: queue)]) == [.confirmed])
        proxy.treat(.up) { $0.isStalled = true }
        // More than the buffers of both ends take.
        let names = (0..<1_200).map { "m\($0)-" + String(repeating: "x", count: 16_000) }
        async let outcomes = broker.publish(names.map { .text($0, to: queue) })
        let passed = proxy.passed(.up)
        try await steadily("nothing gets through", for: .seconds(2)) { proxy.passed(.up) == passed }
        proxy.heal()
        #expect(await outcomes.allSatisfy(\.isConfirmed))
        #expect(proxy.accepted == 1, "the same connection")
      }
      #expect(try await client.takeAll(queue).map { $0.text.prefix(6) } == (["warm-up"] + names(1_200)).map { $0.prefix(6) })
    }
  }

  /// The beginnings of the bodies of ``fullSocketIsWaitedFor()``.
  private func names(_ count: Int) -> [String] { (0..<count).map { "m\($0)-xxxxxx" } }

  /// F11: a full queue that rejects publishes is never reported as a success.
  @Test func fullQueueIsNacked() async throws {
    try await withQueue("f11") { queue, client in
      try await client.declare(
        queue,
        arguments: [
          "x-dead-letter-exchange": .string(""), "x-dead-letter-routing-key": .string("\(queue).XQ"),
          "x-max-length": .int32(1), "x-overflow": .string("reject-publish"),
        ])
      try await withBroker(TestBroker.url()) { broker async throws in
        broker.register(
          QueueDeclaration(
            queue, arguments: ["x-max-length": .integer32(1), "x-overflow": .string("reject-publish")]))
        #expect(await broker.publish([.text("first", to: queue)]) == [.confirmed])
        let outcomes = await broker.publish((0..<5).map { .text("more-\($0)", to: queue) })
        #expect(outcomes == Array(repeating: .nacked, count: 5))
        #expect(try await client.takeAll(queue).map(\.text) == ["first"])
        #expect(await broker.publish([.text("room again", to: queue)]) == [.confirmed])
      }
    }
  }

  /// F11: a channel that refuses everything (a leader was lost) is replaced, and the publish goes again on a fresh one.
  @Test func nackGoesAgainOnFreshChannel() async throws {
    let refusals = Seen<UInt16>()
    let opened = Seen<UInt16>()
    let server = try ScriptedBroker { connection in
      try connection.handshake()
      var behaviour = ScriptedBehaviour()
      behaviour.open = { opened.add($0) }
      behaviour.publish = { connection, publish in
        if refusals.count < 3 {
          refusals.add(publish.channel)
          try connection.refuse(publish)
        } else {
          try connection.confirm(publish)
        }
      }
      try connection.serve(behaviour)
    }
    defer { server.stop() }
    try await withBroker(server.url) { broker in
      let outcomes = await broker.publish((0..<3).map { .text("m\($0)", to: "q") })
      #expect(outcomes == [.confirmed, .confirmed, .confirmed])
      let channel = refusals.all.first
      #expect(opened.all.last != channel || opened.all.count { $0 == channel } > 1, "\(opened.all)")
    }
  }

  /// F12: the queue was deleted. The broker returns the publish, the queue is declared again, the message is in it.
  @Test func missingQueueIsDeclaredAgain() async throws {
    try await withQueue("f12") { queue, client in
      try await withBroker(TestBroker.url()) { broker in
        broker.register(QueueDeclaration(queue))
        #expect(await broker.publish([.text("first", to: queue)]) == [.confirmed])
        try await client.deleteAll(of: queue)
        let outcomes = await broker.publish((0..<20).map { .text("after-\($0)", to: queue) })
        #expect(outcomes == Array(repeating: .confirmed, count: 20))
        #expect(Set(try await client.takeAll(queue).map(\.text)) == Set((0..<20).map { "after-\($0)" }))
      }
    }
  }

  /// F12: a publish that no queue takes, also after declaring, is returned: a confirm alone is no delivery.
  @Test func unroutableIsReturnedAlthoughConfirmed() async throws {
    let server = try ScriptedBroker { connection in
      try connection.handshake()
      var behaviour = ScriptedBehaviour()
      behaviour.publish = { connection, publish in
        try connection.giveBack(publish)
        try connection.confirm(publish)
      }
      try connection.serve(behaviour)
    }
    defer { server.stop() }
    try await withBroker(server.url) { broker in
      let outcome = await broker.publish([.text("m", to: "q")])[0]
      guard case .returned(let text) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(text.contains("NO_ROUTE"))
    }
  }

  /// R2: every publish is persistent, mandatory, and carries an id.
  @Test func publishesArePersistentMandatoryAndNamed() async throws {
    let seen = Seen<ScriptedPublish>()
    let server = try ScriptedBroker { connection in
      try connection.handshake()
      var behaviour = ScriptedBehaviour()
      behaviour.publish = { connection, publish in
        seen.add(publish)
        try connection.confirm(publish)
      }
      try connection.serve(behaviour)
    }
    defer { server.stop() }
    try await withBroker(server.url) { broker in
      var dead = Publication.text("dead", to: "q")
      dead.route = .deadLetter(queue: "q")
      _ = await broker.publish([.text("plain", to: "q"), dead])
    }
    #expect(seen.all.map(\.routingKey) == ["q", "q.XQ"])
    for publish in seen.all {
      #expect(publish.isMandatory)
      #expect(publish.exchange == "")
      #expect(publish.properties.deliveryMode == 2)
      #expect(publish.properties.messageID == nil)
    }
  }
}

extension PublishOutcome {
  /// Whether nobody can know.
  var isUnknown: Bool { if case .unknown = self { true } else { false } }
}
