import Actors
import Testing

@testable import actorctl

@Suite("Dead letters")
struct DeadLetterTests {
  static let body =
    #"{"queue_name":"q","actor_name":"boom","args":[1],"kwargs":{},"options":{"retries":2,"traceback":"Traceback\n"#
    + #"RuntimeError: failed 2\n","requeue_timestamp":1,"keep":{"a":1}},"#
    + #""message_id":"410dea5d-47a4-4554-80bc-5ff2b5e3d1fc","message_timestamp":1795373335140}"#

  static func letter(_ body: String = body, headers: [String: AMQPValue] = [:], tag: UInt64 = 1) -> LeasedLetter {
    LeasedLetter(tag: tag, body: Array(body.utf8), properties: MessageProperties(headers: headers), of: "q")
  }

  @Test func `says what our own headers say`() {
    let letter = Self.letter(headers: [
      "x-troupe-reason": .string("max_retries"), "x-troupe-error": .string("Timeout: too slow"),
      "x-troupe-attempts": .integer(21), "x-troupe-time": .integer(1_795_373_400_000),
      "x-troupe-queue": .string("origin"),
    ])
    #expect(letter.id == "410dea5d-47a4-4554-80bc-5ff2b5e3d1fc")
    #expect(letter.actor == "boom")
    #expect(letter.reason == "max_retries")
    #expect(letter.error == "Timeout: too slow")
    #expect(letter.attempts == 21)
    #expect(letter.diedAt == 1_795_373_400_000)
    #expect(letter.origin == "origin")
  }

  @Test func `makes do with what the broker wrote when dramatiq refused it`() {
    let letter = Self.letter(headers: [
      "x-death": .array([
        .table(["reason": .string("rejected"), "time": .timestamp(1_795_373_400), "queue": .string("q")])
      ])
    ])
    #expect(letter.reason == "rejected")
    #expect(letter.error == "RuntimeError: failed 2")
    #expect(letter.attempts == 3)
    #expect(letter.diedAt == 1_795_373_400_000)
    #expect(letter.origin == "q")
  }

  @Test func `shows what cannot be decoded, under an id that stays`() {
    let letter = Self.letter("not json")
    #expect(letter.message == nil)
    #expect(letter.reason == "invalid_message")
    #expect(letter.id == Self.letter("not json").id)
    #expect(letter.id.hasPrefix("#"))
    #expect(letter.id != Self.letter("not json either").id)
  }

  @Test func `a message without an id has one that stays, too`() {
    let body = #"{"queue_name":"q","actor_name":"boom","args":[],"kwargs":{},"options":{}}"#
    #expect(Self.letter(body).id == Self.letter(body).id)
  }

  @Test(arguments: ["../etc", "", "a b", "q\u{1B}[2J"])
  func `a forged origin does not count`(name: String) {
    #expect(Self.letter(headers: ["x-troupe-queue": .string(name)]).origin == "q")
  }

  @Test func `hostile headers do no harm`() {
    let letter = Self.letter(headers: [
      "x-death": .array([.table(["time": .timestamp(.max), "reason": .integer(5)])]), "x-troupe-attempts": .string("x"),
      "x-troupe-time": .double(.nan), "x-troupe-reason": .bytes([0xFF]),
    ])
    #expect(letter.diedAt == nil)
    #expect(letter.attempts == 3)
    #expect(letter.reason == nil)
  }

  // MARK: Requeue

  private func body(_ publication: Publication) -> String {
    publication.body.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  @Test func `goes back byte for byte, without the broker's marks`() {
    let headers: [String: AMQPValue] = [
      "x-troupe-reason": .string("max_retries"), "x-death": .array([]), "x-first-death-queue": .string("q"),
      "x-last-death-queue": .string("q"), "traceparent": .string("00-abc"),
    ]
    let publication = Requeue(resetsRetries: false).publication(of: Self.letter(headers: headers))
    #expect(publication.route == .queue("q"))
    #expect(body(publication) == Self.body)
    #expect(publication.properties.headers.keys.sorted() == ["traceparent", "x-troupe-reason"])
  }

  @Test func `starts anew with reset retries`() {
    let letter = Self.letter(headers: ["x-troupe-attempts": .integer(3), "traceparent": .string("00-abc")])
    let publication = Requeue(resetsRetries: true).publication(of: letter)
    #expect(
      body(publication)
        == #"{"queue_name":"q","actor_name":"boom","args":[1],"kwargs":{},"options":{"keep":{"a":1}},"#
        + #""message_id":"410dea5d-47a4-4554-80bc-5ff2b5e3d1fc","message_timestamp":1795373335140}"#)
    #expect(publication.properties.headers.keys.sorted() == ["traceparent"])
  }

  @Test func `a delayed message goes to the main queue`() {
    let delayed = Self.body.replacing(#""queue_name":"q""#, with: #""queue_name":"q.DQ""#)
    #expect(body(Requeue(resetsRetries: false).publication(of: Self.letter(delayed))) == Self.body)
  }

  @Test func `what cannot be decoded goes back as it is`() {
    for resets in [false, true] {
      #expect(body(Requeue(resetsRetries: resets).publication(of: Self.letter("\u{0}garbage"))) == "\u{0}garbage")
    }
  }
}
