import Testing

@testable import Actors

@Suite("Queues as dramatiq declares them")
struct TopologyTests {
  @Test("Three queues with dramatiq's arguments")
  func arguments() {
    let queues = Topology.queues(of: QueueDeclaration("q"))
    #expect(queues.map(\.name) == ["q", "q.DQ", "q.XQ"])
    let deadLetters: [String: AMQPValue] = [
      "x-dead-letter-exchange": .string(""), "x-dead-letter-routing-key": .string("q.XQ"),
    ]
    #expect(queues[0].arguments == deadLetters)
    #expect(queues[1].arguments == deadLetters)
    #expect(queues[2].arguments == ["x-message-ttl": .integer32(604_800_000)])
  }

  @Test("A priority is on the queue and its delay queue, not on its dead letters")
  func priority() {
    let queues = Topology.queues(of: QueueDeclaration("q", maxPriority: 10))
    #expect(queues.map { $0.arguments["x-max-priority"] } == [.integer32(10), .integer32(10), nil])
  }

  @Test("Quorum queues and free arguments")
  func quorum() {
    let queues = Topology.queues(
      of: QueueDeclaration("q", type: .quorum, arguments: ["x-delivery-limit": .integer32(20)]))
    #expect(queues.map { $0.arguments["x-queue-type"] } == [.string("quorum"), .string("quorum"), nil])
    #expect(queues.map { $0.arguments["x-delivery-limit"] } == [.integer32(20), nil, nil])
  }

  @Test("Illegal declarations", arguments: [0, 256, -1])
  func illegal(priority: Int) {
    #expect(throws: ActorSystemError.self) { try QueueDeclaration("q", maxPriority: priority).validate() }
  }

  @Test("Illegal names", arguments: ["", "$2@!@#", "1q", "-q", "q q", "é", "q/", String(repeating: "q", count: 246)])
  func names(name: String) { #expect(throws: ActorSystemError.self) { try QueueName.validate(name) } }

  @Test("Legal names", arguments: ["q", "_q", "a.b-c_d", "Q9", String(repeating: "q", count: 245)])
  func legalNames(name: String) throws { try QueueName.validate(name) }

  @Test("The names of a queue's parts", arguments: ["q", "q.DQ", "q.XQ"])
  func parts(name: String) {
    #expect(QueueName.canonical(name) == "q")
    #expect(QueueName.delay(name) == "q.DQ")
    #expect(QueueName.deadLetter(name) == "q.XQ")
  }

  @Test("A conflict is told as a diff")
  func conflict() throws {
    let text =
      "declaring queue q: the broker closed the channel: PRECONDITION_FAILED - inequivalent arg 'x-max-priority' for "
      + "queue 'q' in vhost '/': received none but current is the value '10' of type 'signedint'"
    let conflict = try #require(TopologyConflict(RabbitMQError(.topologyConflict, text, replyCode: 406), queue: "q"))
    #expect(conflict.argument == "x-max-priority")
    #expect(conflict.declared == "none")
    #expect(conflict.existing == "the value '10' of type 'signedint'")
    #expect("\(conflict)".split(separator: "\n").count <= 10)
    #expect(TopologyConflict(RabbitMQError(.notFound, text, replyCode: 404), queue: "q") == nil)
  }

  @Test("A conflict over the delay ladder names the part that differs", arguments: ["queue", "exchange"])
  func ladderConflict(kind: String) throws {
    let text =
      "declaring queue d.28: the broker closed the channel: PRECONDITION_FAILED - inequivalent arg 'type' for "
      + "\(kind) 'd.07' in vhost '/': received 'topic' but current is 'direct'"
    let error = RabbitMQError(.topologyConflict, text, replyCode: 406)
    let conflict = try #require(TopologyConflict(error, of: DelayLadder(prefix: "d", type: .quorum)))
    #expect(conflict.subject == "\(kind) d.07")
    #expect(conflict.declared == "'topic'")
    #expect(conflict.existing == "'direct'")
    #expect("\(conflict)".contains("delayed messages cannot be sent"))
  }
}
