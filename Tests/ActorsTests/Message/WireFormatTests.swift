import Actors
import Testing

@Suite struct WireFormatTests {
  @Test(arguments: WireSamples.all)
  func samplesComeBackByteForByte(_ sample: String) throws {
    let message = try Message(decoding: Array(sample.utf8))
    #expect(String(decoding: message.encoded(), as: UTF8.self) == sample)
    #expect(try Message(decoding: message.json) == message)
  }

  @Test func fieldsOfASample() throws {
    let message = try Message(decoding: Array(WireSamples.plain.utf8))
    #expect(message.queueName == "cap")
    #expect(message.actorName == "add")
    #expect(message.arguments.text == "[1,2]")
    #expect(message.keywordArguments == .emptyObject)
    #expect(message.options.isEmpty)
    #expect(message.id == "96da672b-d65e-4e6a-a62c-68252b020797")
    #expect(message.timestamp == 1_795_373_184_659)
  }

  @Test func nestedMessagesDecodeFromTheirPart() throws {
    let message = try Message(decoding: Array(WireSamples.pipeline.utf8))
    let target = try Message(decoding: try #require(message.options["pipe_target"]))
    #expect(target.id == "cf573256-939a-4dfb-82f1-814c6958a066")
    let last = try Message(decoding: try #require(target.options["pipe_target"]))
    #expect(last.arguments.text == "[4]")
    #expect(last.options.integer("delay") == 5_000)
    #expect(last.options.isTruthy("pipe_ignore"))
    var copy = message
    copy.options.set("pipe_target", to: target.json)
    #expect(copy == message)
  }

  @Test func callbacksOfAGroupAreAnArrayOfMessages() throws {
    let message = try Message(decoding: Array(WireSamples.groupMember.utf8))
    let callbacks = try #require(message.options["group_completion_callbacks"]?.elements)
    #expect(try callbacks.map { try Message(decoding: $0).actorName } == ["done"])
    #expect(JSONText.array(callbacks) == message.options["group_completion_callbacks"])
  }

  @Test func whiteSpaceAndOrderAreFree() throws {
    let body = """
      \t{ "message_timestamp" : 5 , "options" : { "a" : [ 1 , 2 ] } ,\r
        "kwargs" : { } , "args" : [ ] , "actor_name" : "a" , "queue_name" : "q" , "message_id" : "m" } \n
      """
    let message = try Message(decoding: Array(body.utf8))
    #expect(message.arguments.isEmptyContainer)
    #expect(message.options["a"]?.text == "[ 1 , 2 ]")
    #expect(
      String(decoding: message.encoded(), as: UTF8.self)
        == #"{"queue_name":"q","actor_name":"a","args":[ ],"kwargs":{ },"options":{"a":[ 1 , 2 ]},"#
        + #""message_id":"m","message_timestamp":5}"#)
  }

  @Test func idAndTimestampAreFilledIn() throws {
    let body = #"{"queue_name":"q","actor_name":"a","args":[],"kwargs":{},"options":{}}"#
    let before = WallClock.now
    let message = try Message(decoding: Array(body.utf8))
    #expect(message.id.utf8.count == 36)
    #expect((before...WallClock.now).contains(message.timestamp))
  }

  @Test func namesAreEscapedAsPythonDoes() throws {
    let name = "\u{0}\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1F} \"\\/~\u{7F}é☃😀"
    let message = Message(queueName: "q", actorName: name, id: "m", timestamp: 0)
    let text = String(decoding: message.encoded(), as: UTF8.self)
    #expect(
      text == #"{"queue_name":"q","actor_name":"\u0000\u0001\b\t\n\u000b\f\r\u001f \"\\/~\u007f\u00e9\u2603\ud83d\ude00""#
        + #","args":[],"kwargs":{},"options":{},"message_id":"m","message_timestamp":0}"#)
    #expect(try Message(decoding: Array(text.utf8)) == message)
  }

  @Test func identifiersAreRandomUUIDs() {
    let ids = Set((0..<2_000).map { _ in Message.makeID() })
    #expect(ids.count == 2_000)
    let pattern = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
    for id in ids { #expect(id.wholeMatch(of: pattern) != nil, "\(id)") }
  }

  @Test func actorNameIsFoundWithoutDecoding() {
    for sample in WireSamples.all {
      let body = Array(sample.utf8)
      #expect(ActorNameScanner.actorName(in: body) == (try? Message(decoding: body))?.actorName)
    }
    func name(_ text: String) -> String? { ActorNameScanner.actorName(in: Array(text.utf8)) }
    #expect(name(#" { "args" : [[1,{"actor_name":"no"}]], "actor_name" : "yes", broken"#) == "yes")
    for text in ["", "{", "{}", "[]", #"{"actor_name":5}"#, #"{"actor_name":"cut"#, #"{"a":1,}"#, "\u{FEFF}{}"] {
      #expect(name(text) == nil, "\(text)")
    }
    let far = #"{"args":""# + String(repeating: "x", count: 100_000) + #"","actor_name":"a"}"#
    #expect(name(far) == nil)
  }
}
