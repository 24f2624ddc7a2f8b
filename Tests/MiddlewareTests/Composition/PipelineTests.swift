import Actors
import Testing

@Suite struct PipelineTests {
  private struct Add: ActorMessage {
    static let options = ActorOptions(queue: "sums")
    var left: Int
    var right: Int?
  }

  /// The messages of the sample of a pipeline of three, as its sender built them.
  private static func samples() -> [Message] {
    func add(_ arguments: String, id: String, options: [(String, String)] = []) -> Message {
      var message = Message.sample(options: options, arguments: .literal(arguments))
      (message.queueName, message.actorName, message.id, message.timestamp) = ("cap", "add", id, 1_795_373_184_688)
      return message
    }
    return [
      add("[1,2]", id: "c322553b-d53f-423a-b0a2-312b3c8353c1"),
      add("[3]", id: "cf573256-939a-4dfb-82f1-814c6958a066"),
      add("[4]", id: "627a1602-5e16-45b6-816d-49fcbb8b7562", options: [("pipe_ignore", "true"), ("delay", "5000")]),
    ]
  }

  /// The first message of that pipeline as dramatiq put it on the wire.
  private static let wire =
    #"{"queue_name":"cap","actor_name":"add","args":[1,2],"kwargs":{},"options":{"pipe_target":"#
    + #"{"queue_name":"cap","actor_name":"add","args":[3],"kwargs":{},"options":{"pipe_target":"#
    + #"{"queue_name":"cap","actor_name":"add","args":[4],"kwargs":{},"options":{"pipe_ignore":true,"delay":5000},"#
    + #""message_id":"627a1602-5e16-45b6-816d-49fcbb8b7562","message_timestamp":1795373184688}},"#
    + #""message_id":"cf573256-939a-4dfb-82f1-814c6958a066","message_timestamp":1795373184688}},"#
    + #""message_id":"c322553b-d53f-423a-b0a2-312b3c8353c1","message_timestamp":1795373184688}"#

  @Test func `three messages are linked byte for byte as dramatiq links them`() {
    let messages = Self.samples()
    let pipeline = messages[0] | messages[1] | messages[2]
    #expect(String(decoding: pipeline.messages[0].encoded(), as: UTF8.self) == Self.wire)
    #expect(pipeline.messages[2] == messages[2])
    #expect(pipeline.count == 3)
  }

  @Test func `nested pipelines are flattened`() {
    let messages = Self.samples() + [Message.sample()]
    let nested = (messages[0] | messages[1]) | (messages[2] | messages[3])
    #expect(nested.count == 4)
    #expect(nested.messages == Pipeline(messages).messages)
    #expect((messages[0] | (messages[1] | messages[2])).messages == Pipeline(Array(messages[..<3])).messages)
    #expect(nested.messages[3].options.isEmpty)
  }

  @Test func `linking twice changes nothing, and the messages given are left alone`() {
    let messages = Self.samples()
    let pipeline = Pipeline(messages)
    #expect(Pipeline(pipeline.messages).messages == pipeline.messages)
    #expect(Pipeline([pipeline]).messages == pipeline.messages)
    #expect(!messages[0].options.contains("pipe_target"))
  }

  @Test func `message structs are steps`() throws {
    let pipeline = try Add(left: 1, right: 2) | Add(left: 3) | Self.samples()[2]
    #expect(pipeline.messages.map(\.actorName) == ["Add", "Add", "add"])
    #expect(try (Self.samples()[0] | Add(left: 3)).count == 2)
    #expect(try (Add(left: 3) | pipeline).count == 4)
    #expect(try (pipeline | Add(left: 3)).count == 4)
  }

  @Test func `the larger of the delay and the first message's own is used`() throws {
    func delay(own: String?, given: Duration?) throws -> Duration? {
      let first = Message.sample(options: own.map { [("delay", $0)] } ?? [])
      return try Pipeline([first, Message.sample()]).outgoing(delay: given).first?.delay
    }
    #expect(try delay(own: nil, given: nil) == nil)
    #expect(try delay(own: "1000", given: nil) == .seconds(1))
    #expect(try delay(own: nil, given: .seconds(2)) == .seconds(2))
    #expect(try delay(own: "1000", given: .seconds(2)) == .seconds(2))
    #expect(try delay(own: "3000", given: .seconds(2)) == .seconds(3))
    #expect(try delay(own: "\"soon\"", given: .zero) == nil)
  }

  @Test func `the first message alone is sent`() throws {
    let outgoing = try Pipeline(Self.samples()).outgoing(delay: nil)
    #expect(outgoing.count == 1)
    #expect(outgoing.first?.message.id == Self.samples()[0].id)
  }

  @Test func `no steps, nothing to send`() throws {
    #expect(Pipeline([]).count == 0)
    #expect(try Pipeline([]).outgoing(delay: .seconds(1)).isEmpty)
  }

  @Test func `the longest pipeline can still be decoded, a longer one is refused before it is sent`() throws {
    let longest = Pipeline((0..<Pipeline.maximumCount).map { _ in Message.sample(arguments: .literal("[[[[1]]]]")) })
    let outgoing = try #require(longest.outgoing(delay: nil).first)
    var step: Message? = try Message(decoding: outgoing.message.encoded())
    var count = 0
    while let current = step {
      count += 1
      step = try current.options["pipe_target"].map { try Message(decoding: $0) }
    }
    #expect(count == Pipeline.maximumCount)
    #expect(throws: PipelineTooLong.self) { try (longest | Message.sample()).outgoing(delay: nil) }
  }
}
