import Actors
import TestSupport
import Testing

extension BrokerOutages {
  /// The broker goes away and comes back.
  @Suite struct RestartTests {
    /// F04: killed and started again.
    @Test func killedBrokerIsPickedUpAgain() async throws {
      let node = try await BrokerOutages.node()
      let queue = BrokerOutages.queue("f04")
      let sink = RecordingSink()
      let logs = LogCapture()
      try await withBroker(node.url, logs: logs) {
        $0.confirmTimeout = .seconds(60)
      } _: { broker in
        try await withConsumption(of: [QueueDeclaration(queue)], on: broker, into: sink) { consumption in
          #expect(await broker.publish([.text("before", to: queue)]) == [.confirmed])
          let before = try await sink.delivery(of: "before")
          try await node.kill()
          try await eventually("the loss is noticed") { consumption.state != .consuming }
          #expect(consumption.settle(before.receipt, .acknowledge) == false, "its channel is gone")
          async let sent = broker.publish([.text("while down", to: queue)])
          try await node.start()
          let again = try await eventually("the unsettled message comes again") {
            sink.deliveries.last { $0.redelivered && $0.receipt != before.receipt }
          }
          #expect(consumption.settle(again.receipt, .acknowledge))
          #expect(await sent == [.confirmed], "a send that waits is sent when the broker is back")
          let held = try await sink.delivery(of: "while down")
          #expect(consumption.settle(held.receipt, .acknowledge))
          try await RawClient.with(node.url) { client async throws in
            #expect(try await client.figures(queue)?.consumers == 1)
          }
        }
      }
      #expect(!logs.text.contains("guest:guest"))
      try await Self.expectNothingLeft(of: queue, at: node)
    }

    /// F05: stopped in an orderly way (connection.close 320), with few words in the log.
    @Test func stoppedBrokerIsPickedUpAgainInFewWords() async throws {
      let node = try await BrokerOutages.node()
      let queue = BrokerOutages.queue("f05")
      let sink = RecordingSink()
      let logs = LogCapture()
      try await withBroker(node.url, logs: logs) {
        $0.confirmTimeout = .seconds(60)
      } _: { broker in
        try await withConsumption(of: [QueueDeclaration(queue)], on: broker, into: sink) { consumption in
          #expect(await broker.publish([.text("before", to: queue)]) == [.confirmed])
          let before = try await sink.delivery(of: "before")
          #expect(consumption.settle(before.receipt, .acknowledge))
          let words = logs.lines(from: .info).count
          try await node.ctl("stop_app")
          try await eventually("the loss is noticed") { consumption.state != .consuming }
          try await node.ctl("start_app")
          try await eventually("consuming again") { consumption.state == .consuming }
          #expect(await broker.publish([.text("after", to: queue)]) == [.confirmed])
          let after = try await sink.delivery(of: "after")
          #expect(consumption.settle(after.receipt, .acknowledge))
          let lines = logs.lines(from: .info).dropFirst(words).map(\.description)
          #expect(lines.count <= 8, "two connections, a line or two for each change:\n\(lines.joined(separator: "\n"))")
        }
      }
      try await Self.expectNothingLeft(of: queue, at: node)
    }

    /// F06: frozen. Sockets stay open and silent; only heartbeats tell.
    @Test func frozenBrokerIsNoticedByHeartbeat() async throws {
      let node = try await BrokerOutages.node()
      let queue = BrokerOutages.queue("f06")
      let sink = RecordingSink()
      try await withBroker(node.url) {
        $0.heartbeat = RabbitMQConfiguration.shortHeartbeat
        $0.confirmTimeout = .seconds(60)
      } _: { broker in
        try await withConsumption(of: [QueueDeclaration(queue)], on: broker, into: sink) { consumption in
          #expect(await broker.publish([.text("held", to: queue)]) == [.confirmed])
          let held = try await sink.delivery(of: "held")
          try await node.pause()
          try await eventually("the silence is noticed") { consumption.state != .consuming }
          try await node.resume()
          try await eventually("consuming again") { consumption.state == .consuming }
          let again = try await eventually("the unsettled message comes again") {
            sink.deliveries.last { $0.redelivered && $0.receipt != held.receipt }
          }
          #expect(consumption.settle(held.receipt, .acknowledge) == false, "a stale receipt is never sent")
          #expect(consumption.settle(again.receipt, .acknowledge))
          try await RawClient.with(node.url) { client async throws in
            try await eventually("one consumer") { try await client.figures(queue)?.consumers == 1 }
          }
        }
      }
      try await Self.expectNothingLeft(of: queue, at: node)
    }

    /// F07: not there at the start.
    @Test func absentBrokerIsWaitedFor() async throws {
      let node = try await BrokerOutages.node()
      let queue = BrokerOutages.queue("f07")
      try await node.stop()
      let sink = RecordingSink()
      let logs = LogCapture()
      try await withBroker(node.url, logs: logs) {
        $0.confirmTimeout = .seconds(1)
      } _: { broker in
        let consumption = try broker.consume(
          ConsumeRequest(queues: [QueueDeclaration(queue)], prefetch: 4), into: sink)
        let outcome = await broker.publish([.text("too early", to: queue)])[0]
        #expect(outcome.isUnknown, "\(outcome)")
        try await steadily("connecting", for: .seconds(2)) {
          if case .connecting = consumption.state { true } else { false }
        }
        #expect(logs.lines(from: .warning).count <= 4, "waiting is not noisy:\n\(logs.text)")
        try await node.start()
        try await eventually("consuming") { consumption.state == .consuming }
        #expect(await broker.publish([.text("now", to: queue)]).first?.isConfirmed == true)
        let now = try await sink.delivery(of: "now")
        #expect(consumption.settle(now.receipt, .acknowledge))
        await consumption.close()
      }
    }

    private static func expectNothingLeft(of queue: String, at node: PrivateBroker) async throws {
      try await RawClient.with(node.url) { client async throws in
        #expect(try await client.takeAll(queue).map(\.text) == [])
        #expect(try await client.takeAll("\(queue).XQ").map(\.text) == [])
      }
    }
  }
}
