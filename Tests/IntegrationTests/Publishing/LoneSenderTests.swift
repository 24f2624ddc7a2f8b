import Actors
import Glibc
import TestSupport
import Testing

/// A task that awaits its sends one by one, and nobody beside it: it reads its confirms by itself, in place of the
/// connection's thread. What goes wrong meanwhile is put right by that thread, as ever.
@Suite struct LoneSenderTests {
  /// What the server does with one publish in the middle of many.
  enum Trouble: CaseIterable { case refused, returned, channelClosed, connectionLost, answeredTwice, heartbeatBetween }

  /// Sends, and other work on the same actor.
  private actor Clerk {
    private(set) var ticks = 0
    private(set) var sent = 0

    func tick() { ticks += 1 }

    func send(_ count: Int, to queue: String, by broker: RabbitMQBroker) async -> [PublishOutcome] {
      var outcomes: [PublishOutcome] = []
      for number in 0..<count {
        outcomes += await broker.publish([.text("m\(number)", to: queue)])
        sent += 1
      }
      return outcomes
    }
  }

  @Test(arguments: Trouble.allCases)
  func troubleInTheMiddleIsPutRight(_ trouble: Trouble) async throws {
    let bodies = Seen<[UInt8]>()
    let happened = Seen<Bool>()
    let server = try ScriptedBroker { connection in
      try connection.handshake()
      var behaviour = ScriptedBehaviour()
      behaviour.publish = { connection, publish in
        let isIts = publish.body == Array("m100".utf8) && happened.count == 0
        if isIts {
          happened.add(true)
          guard try Self.cause(trouble, publish, connection) else { return }
        }
        bodies.add(publish.body)
        try connection.confirm(publish)
      }
      try connection.serve(behaviour)
    }
    defer { server.stop() }
    try await withBroker(server.url) { broker in
      let outcomes = await Clerk().send(300, to: "q", by: broker)
      #expect(outcomes == Array(repeating: .confirmed, count: 300))
    }
    #expect(happened.count == 1)
    #expect(bodies.all == (0..<300).map { Array("m\($0)".utf8) }, "each once, in order")
  }

  /// - Returns: Whether the publish is confirmed all the same.
  private static func cause(
    _ trouble: Trouble, _ publish: ScriptedPublish, _ connection: ScriptedConnection
  ) throws -> Bool {
    switch trouble {
    case .refused: try connection.refuse(publish)
    case .returned:
      try connection.giveBack(publish)
      // Confirmed, but in no queue.
      try connection.confirm(publish)
    case .channelClosed: try connection.closeChannel(publish.channel, code: 504, "CHANNEL_ERROR")
    case .connectionLost: connection.reset()
    case .answeredTwice:
      try connection.confirm(publish)
      return true
    case .heartbeatBetween:
      try connection.send(raw: [8, 0, 0, 0, 0, 0, 0, 0xCE])
      return true
    }
    return false
  }

  /// The answer is late: the task is suspended, and others of its actor run.
  @Test func aLateAnswerHoldsNobodyUp() async throws {
    let clerk = Clerk()
    let isLate = Seen<Bool>(), mayAnswer = Seen<Bool>()
    let server = try ScriptedBroker { connection in
      try connection.handshake()
      var behaviour = ScriptedBehaviour()
      behaviour.publish = { connection, publish in
        if publish.body == Array("m100".utf8) {
          isLate.add(true)
          while mayAnswer.count == 0 { usleep(1_000) }
        }
        try connection.confirm(publish)
      }
      try connection.serve(behaviour)
    }
    defer {
      mayAnswer.add(true)
      server.stop()
    }
    try await withBroker(server.url) { broker in
      async let outcomes = clerk.send(200, to: "q", by: broker)
      try await eventually("late", every: .milliseconds(1)) { isLate.count > 0 }
      for _ in 0..<20 { await clerk.tick() }
      let ticks = await clerk.ticks
      #expect(ticks == 20)
      mayAnswer.add(true)
      let all = await outcomes
      #expect(all.count { !$0.isConfirmed } == 0)
    }
  }

  /// Answers that come at once never suspend the sender; it gives way all the same.
  @Test func othersOfItsActorGetTheirTurn() async throws {
    let clerk = Clerk()
    let isDone = Seen<Bool>()
    let server = try ScriptedBroker { connection in
      try connection.handshake()
      try connection.serve()
    }
    defer { server.stop() }
    try await withBroker(server.url) { broker in
      async let ticks = {
        while isDone.count == 0 {
          await clerk.tick()
          await Task.yield()
        }
        return await clerk.ticks
      }()
      let outcomes = await clerk.send(2_000, to: "q", by: broker)
      #expect(outcomes.count { !$0.isConfirmed } == 0)
      isDone.add(true)
      let count = await ticks
      #expect(count > 1)
    }
  }

  /// Others send in between, alone and in bulk.
  @Test func othersMaySendInBetween() async throws {
    try await withQueue("lone") { queue, client in
      try await withBroker(TestBroker.url()) { broker in
        broker.register(QueueDeclaration(queue))
        let clerk = Clerk()
        try await withThrowingTaskGroup(of: Bool.self) { group in
          group.addTask { await clerk.send(600, to: queue, by: broker).allSatisfy(\.isConfirmed) }
          group.addTask {
            for number in 0..<29 {
              // Long enough after the last for the sender to be alone again.
              try await eventually("its turn", every: .milliseconds(1)) { await clerk.sent >= number * 20 }
              guard await broker.publish([.text("other-\(number)", to: queue)]) == [.confirmed] else { return false }
            }
            return true
          }
          group.addTask {
            for round in 0..<4 {
              try await eventually("its turn", every: .milliseconds(1)) { await clerk.sent >= round * 140 + 70 }
              let bulk = await broker.publish((0..<50).map { .text("bulk-\(round)-\($0)", to: queue) })
              guard bulk.allSatisfy(\.isConfirmed) else { return false }
            }
            return true
          }
          for try await isConfirmed in group { #expect(isConfirmed) }
        }
      }
      let found = try await client.takeAll(queue).map(\.text)
      #expect(found.count == 829 && Set(found).count == 829, "\(found.count)")
    }
  }

  /// Closing in the middle ends with an outcome for every send.
  @Test func closingInTheMiddleEnds() async throws {
    let server = try ScriptedBroker { connection in
      try connection.handshake()
      try connection.serve()
    }
    defer { server.stop() }
    try await withBroker(server.url) { broker in
      let clerk = Clerk()
      async let outcomes = clerk.send(3_000, to: "q", by: broker)
      try await eventually("in the middle", every: .milliseconds(1)) { await clerk.sent >= 200 }
      await broker.close()
      let all = await outcomes
      #expect(all.count == 3_000)
      let firstUnknown = all.firstIndex { $0.isUnknown } ?? all.count
      #expect(all[..<firstUnknown].count { !$0.isConfirmed } == 0)
      #expect(all[firstUnknown...].count { !$0.isUnknown } == 0, "closed is closed")
    }
  }
}
