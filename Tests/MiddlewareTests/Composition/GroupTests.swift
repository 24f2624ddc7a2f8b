import Actors
import Middleware
import Synchronization
import Testing

@Suite struct GroupTests {
  private struct Ping: ActorMessage {
    static let options = ActorOptions(queue: "pings")
    var number: Int
  }

  /// A broker that confirms everything and remembers it.
  private final class Ledger: Broker {
    private let state = Lock<[[Publication]]>([])
    /// The publications of each call.
    var calls: [[Publication]] { state.withLock { $0 } }
    func register(_ queue: QueueDeclaration) {}
    func publish(_ publications: [Publication]) async -> [PublishOutcome] {
      state.withLock { $0.append(publications) }
      return publications.map { _ in .confirmed }
    }
    func consume(_ request: ConsumeRequest, into sink: any DeliverySink) throws -> any Consumption {
      throw Broken(description: "this broker only takes")
    }
    func close() async {}
  }

  private func sent(_ body: () async throws -> Void) async throws -> [[Publication]] {
    let ledger = Ledger()
    let sender = try MessageSender(ActorSystem(), broker: ledger)
    try await sender.withBound(body)
    return ledger.calls
  }

  @Test func `a group is sent in one go`() async throws {
    let group = try Group(contentsOf: (0..<5).map(Ping.init))
    let calls = try await sent { try await group.send() }
    #expect(group.count == 5)
    #expect(calls.map(\.count) == [5])
    #expect(calls[0].allSatisfy { $0.route == .queue("pings") })
  }

  @Test func `the delay is every member's least delay`() async throws {
    var late = Message.sample()
    late.options.set("delay", to: 3_000)
    let group = Group([Message.sample(), late, late | Message.sample(), Group([Message.sample()])])
    let calls = try await sent { try await group.send(delay: .seconds(2)) }
    let route = { (seconds: Int) in Publication.Route.delayed(queue: "queue", by: .seconds(seconds)) }
    #expect(group.count == 4)
    #expect(calls.first?.map(\.route) == [route(2), route(2), route(3), route(2)])
  }

  @Test func `pipelines and single messages can be sent the same way`() async throws {
    let message = Message.sample()
    let calls = try await sent {
      #expect(try await message.send() == message)
      try await (message | Message.sample()).send(delay: .seconds(1))
    }
    #expect(calls.map { $0.map(\.route) } == [[.queue("queue")], [.delayed(queue: "queue", by: .seconds(1))]])
  }

  @Test func `a pipeline that is too long keeps the whole group from being sent`() async throws {
    let long = Pipeline((0...Pipeline.maximumCount).map { _ in Message.sample() })
    let calls = try await sent {
      await #expect(throws: PipelineTooLong.self) { try await Group([Message.sample(), long]).send() }
    }
    #expect(calls.isEmpty)
  }
}
