import Actors
import TestSupport
import Testing

extension BrokerOutages {
  /// Queues that take no more than so many messages, at the end of a delay.
  @Suite struct FullQueueTests {
    /// Behind the delay ladder nobody is left to be told that a queue is full (`reject-publish`): the broker keeps the
    /// message, tries it again, and delivers it when there is room.
    @Test func delayedMessageWaitsForRoom() async throws {
      let node = try await BrokerOutages.node()
      let queue = BrokerOutages.queue("full")
      // How long the broker waits before it tries again; three minutes by default. Read when a ladder's queue is made.
      try await node.ctl("eval", "application:set_env(rabbit, dead_letter_worker_publisher_confirm_timeout, 1000).")
      let limited = QueueDeclaration(
        queue, arguments: ["x-max-length": .integer32(1), "x-overflow": .string("reject-publish")])
      try await RawClient.with(node.url) { client async throws in
        try await withBroker(node.url, { $0.delayPrefix = uniqueName("ladder") }) { broker async throws in
          broker.register(limited)
          #expect(await broker.publish([.text("fills it", to: queue)]) == [.confirmed])
          var late = Publication.text("late", to: queue)
          late.route = .delayed(queue: queue, by: .milliseconds(200))
          #expect(await broker.publish([late]) == [.confirmed])
          try await steadily("no room", for: .seconds(3)) { try await client.ready(queue) == 1 }
          #expect(try await client.take(queue)?.text == "fills it")
          #expect(try await client.waitFor(queue).text == "late", "kept, and delivered when there is room")
          #expect(try await client.takeAll("\(queue).XQ").isEmpty)
        }
        try await client.deleteAll(of: queue)
      }
      try await node.ctl("eval", "application:unset_env(rabbit, dead_letter_worker_publisher_confirm_timeout).")
    }
  }
}
