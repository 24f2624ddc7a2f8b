import Actors
import TestSupport
import Testing

extension BrokerOutages {
  /// The broker is there, and does not do what it should.
  @Suite struct AlarmTests {
    /// F13: under a memory alarm publishers wait and say so; deliveries and acknowledgements go on.
    @Test func memoryAlarmBlocksPublishersOnly() async throws {
      let node = try await BrokerOutages.node()
      let queue = BrokerOutages.queue("f13")
      let sink = RecordingSink()
      try await withBroker(node.url) {
        $0.confirmTimeout = .seconds(4)
      } _: { broker in
        #expect(await broker.publish((0..<100).map { .text("m\($0)", to: queue) }).allSatisfy(\.isConfirmed))
        try await node.ctl("set_vm_memory_high_watermark", "absolute", "1MB")
        do {
          let outcomes = await broker.publish((0..<20).map { .text("blocked-\($0)", to: queue) })
          for outcome in outcomes { #expect(outcome.isUnknown, "\(outcome)") }
          #expect(broker.publisherTrouble?.contains("block") == true, "\(broker.publisherTrouble ?? "no trouble")")
          try await withConsumption(of: [QueueDeclaration(queue)], on: broker, prefetch: 5, into: sink) { consumption in
            // With a prefetch of 5, a hundred messages come only when acknowledgements arrive.
            var settled = 0
            try await eventually("a hundred deliveries during the alarm") {
              for delivery in sink.deliveries.dropFirst(settled) {
                #expect(consumption.settle(delivery.receipt, .acknowledge))
                settled += 1
              }
              return settled >= 100
            }
            #expect(consumption.state == .consuming)
          }
          try await node.ctl("set_vm_memory_high_watermark", "0.6")
        } catch {
          try await node.ctl("set_vm_memory_high_watermark", "0.6")
          throw error
        }
        try await eventually("publishing again") { await broker.publish([.text("after", to: queue)])[0].isConfirmed }
        #expect(broker.publisherTrouble == nil)
      }
      try await RawClient.with(node.url) { client in
        let left = try await client.takeAll(queue).map(\.text)
        #expect(left.contains("after"))
        #expect(!left.contains("m0"), "acknowledgements of the alarm's time arrived")
      }
    }

    /// F16: the broker closes the channel because an acknowledgement is overdue.
    @Test func acknowledgementTimeoutReopensTheChannel() async throws {
      let node = try await BrokerOutages.node()
      let queue = BrokerOutages.queue("f16")
      let sink = RecordingSink()
      let logs = LogCapture()
      // A channel looks at its timeouts once a tick, of 60 s by default.
      try await node.ctl("eval", "application:set_env(rabbit, channel_tick_interval, 2000).")
      try await node.ctl("eval", "application:set_env(rabbit, consumer_timeout, 3000).")
      do {
        try await withBroker(node.url, logs: logs) { broker in
          try await withConsumption(of: [QueueDeclaration(queue)], on: broker, into: sink) { consumption in
            #expect(await broker.publish([.text("slow", to: queue)]) == [.confirmed])
            let slow = try await sink.delivery(of: "slow")
            let again = try await eventually("the channel is closed and the message comes again")
            {
              sink.deliveries.last { $0.redelivered && $0.receipt.generation > slow.receipt.generation }
            }
            #expect(sink.revoked.contains(slow.receipt.generation))
            #expect(consumption.settle(slow.receipt, .acknowledge) == false, "stale, dropped")
            #expect(consumption.settle(again.receipt, .acknowledge))
            #expect(await broker.publish([.text("next", to: queue)]) == [.confirmed])
            let next = try await sink.delivery(of: "next")
            #expect(consumption.settle(next.receipt, .acknowledge))
            #expect(logs.lines(from: .warning).contains { $0.description.contains("timeout") }, "\(logs.text)")
          }
        }
        try await node.ctl("eval", "application:set_env(rabbit, consumer_timeout, 1800000).")
      } catch {
        try await node.ctl("eval", "application:set_env(rabbit, consumer_timeout, 1800000).")
        throw error
      }
      let left = try await RawClient.with(node.url) { try await $0.takeAll(queue) }
      #expect(left.isEmpty)
    }

    /// F18: the user is taken away while the worker runs: it waits, slowly and visibly, and comes back by itself.
    @Test func removedUserIsWaitedFor() async throws {
      let node = try await BrokerOutages.node()
      let queue = BrokerOutages.queue("f18")
      let sink = RecordingSink()
      let logs = LogCapture()
      let password = "secret-\(uniqueName("p"))"
      func addUser() async throws {
        try await node.ctl("add_user", "f18", password)
        try await node.ctl("set_permissions", "f18", ".*", ".*", ".*")
      }
      try await addUser()
      try await withBroker("amqp://f18:\(password)@127.0.0.1:\(node.port)/%2F", logs: logs) {
        $0.backoff = .milliseconds(200)...(.seconds(2))
      } _: { broker in
        try await withConsumption(of: [QueueDeclaration(queue)], on: broker, into: sink) { consumption in
          try await node.ctl("delete_user", "f18")
          _ = try? await node.closeConnections()
          try await eventually("the loss is noticed") { consumption.state != .consuming }
          let words = logs.lines(from: .warning).count
          try await steadily("waiting", for: .seconds(3)) { consumption.state != .consuming }
          #expect(logs.lines(from: .warning).count - words <= 4, "no line for every attempt")
          guard case .connecting(let why) = consumption.state else {
            Issue.record("\(consumption.state)")
            return
          }
          #expect(!why.isEmpty)
          try await addUser()
          try await eventually("consuming again") { consumption.state == .consuming }
        }
      }
      #expect(!logs.text.contains(password), "a password in a log line")
      try await node.ctl("delete_user", "f18")
    }
  }

  /// amqps://
  @Suite struct TLSTests {
    /// The node's own CA is trusted, and messages go through.
    @Test func trustedCertificateIsUsed() async throws {
      let node = try await BrokerOutages.node()
      let queue = BrokerOutages.queue("tls")
      let sink = RecordingSink()
      try await withBroker(node.tlsURL) {
        $0.tls.caFile = node.authority
      } _: { broker in
        try await withConsumption(of: [QueueDeclaration(queue)], on: broker, into: sink) { consumption in
          let large = String(repeating: "x", count: 400_000)
          #expect(await broker.publish([.text(large, to: queue), .text("small", to: queue)]).allSatisfy(\.isConfirmed))
          for text in [large, "small"] {
            let delivery = try await sink.delivery(of: text)
            #expect(consumption.settle(delivery.receipt, .acknowledge))
          }
        }
      }
    }

    /// A certificate that the trusted CA signed for other names is refused.
    @Test func certificateOfAnotherHostIsRefused() async throws {
      let node = try await BrokerOutages.node()
      // The same host under a name that is not in the certificate.
      let url = node.tlsURL.replacing("@localhost:", with: "@127.1:")
      try await withBroker(url) {
        $0.tls.caFile = node.authority
        $0.confirmTimeout = .seconds(2)
      } _: { broker in
        let outcome = await broker.publish([.text("never", to: uniqueName("tls"))])[0]
        guard case .unknown(let why) = outcome else {
          Issue.record("\(outcome)")
          return
        }
        #expect(why.contains("the certificate is not for 127.1"), "\(why)")
      }
    }

    /// A certificate that the trusted CA did not sign is refused, and no password is sent.
    @Test func untrustedCertificateIsRefused() async throws {
      let node = try await BrokerOutages.node()
      let logs = LogCapture()
      try await withBroker(node.tlsURL, logs: logs) {
        $0.tls.caFile = node.unrelatedAuthority
        $0.confirmTimeout = .seconds(2)
      } _: { broker in
        let outcome = await broker.publish([.text("never", to: uniqueName("tls"))])[0]
        #expect(outcome.isUnknown, "\(outcome)")
        #expect(broker.publisherTrouble != nil)
      }
      #expect(logs.lines(from: .warning).count >= 1)
      #expect(!logs.text.contains("guest:guest"))
    }
  }
}
