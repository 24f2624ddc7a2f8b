import Actors
import Testing

@testable import actorctl

@Suite("Choosing dead letters")
struct DeadLetterFilterTests {
  private let letter = DeadLetterTests.letter(headers: [
    "x-troupe-reason": .string("max_retries"), "x-troupe-error": .string("TransientError: Deadlock Detected"),
    "x-troupe-time": .integer(1_000_000),
  ])

  @Test(arguments: [
    ("actor:boom", true), ("actor:bo", false), ("actor:b*m", true), ("actor:*", true), ("actor:boom*boom", false),
    ("reason:max_retries", true), ("reason:crashed", false), ("error:~deadlock", true), ("error:~\"lock det\"", true),
    ("error:Transient*Detected", true), ("queue:q", true), ("id:410d*", true), ("actor:boom reason:crashed", false),
    ("  actor:boom   error:~deadlock ", true), ("age:>10m", true), ("age:<10m", false), ("age:<1h", true),
  ])
  func `terms`(text: String, isMeant: Bool) throws {
    #expect(try DeadLetterFilter(text).matches(letter, now: 1_000_000 + 20 * 60_000) == isMeant)
  }

  @Test(arguments: ["", "   ", "boom", "colour:red", "age:1d", "age:>soon", "error:~\"open"])
  func `mistakes are usage errors`(text: String) {
    let error = #expect(throws: CommandFailure.self) { try DeadLetterFilter(text) }
    #expect(error?.code == .usage)
  }

  private func letters(_ ids: String...) -> [LeasedLetter] {
    ids.enumerated().map { index, id in
      DeadLetterTests.letter(
        DeadLetterTests.body.replacing("410dea5d-47a4-4554-80bc-5ff2b5e3d1fc", with: id), tag: UInt64(index))
    }
  }

  private func choose(_ ids: [String], from letters: [LeasedLetter]) throws -> [UInt64] {
    try DeadLetterSelection(ids: ids, all: false, filter: nil).choose(from: letters, now: 0).map(\.tag)
  }

  @Test func `a beginning that only one message has means it`() throws {
    let letters = letters("aaaa-1", "aaab-2", "bbbb-3")
    #expect(try choose(["bb", "aaab"], from: letters) == [1, 2])
    #expect(#expect(throws: CommandFailure.self) { try choose(["aaa"], from: letters) }?.code == .usage)
    #expect(#expect(throws: CommandFailure.self) { try choose(["bb", "cc"], from: letters) }?.code == .notFound)
    #expect(#expect(throws: CommandFailure.self) { try choose([""], from: letters) }?.code == .notFound)
  }

  @Test func `a whole id means every copy of the message`() throws {
    #expect(try choose(["aaaa-1"], from: letters("aaaa-1", "aaaa-1", "aaaa-12")) == [0, 1])
  }

  @Test func `exactly one way of choosing`() {
    for (ids, all, filter) in [([], false, nil), (["a"], true, nil), ([], true, "actor:x")]
      as [([String], Bool, String?)]
    {
      let error = #expect(throws: CommandFailure.self) { try DeadLetterSelection(ids: ids, all: all, filter: filter) }
      #expect(error?.code == .usage)
    }
  }

  @Test func `short ids are as long as they must be`() {
    let short = DeadLetterSelection.shortIDs(letters("aaaaaaaa-1111", "aaaaaaaa-1122", "bbbbbbbb-1", "c"))
    #expect(short["aaaaaaaa-1111"] == "aaaaaaaa-111")
    #expect(short["bbbbbbbb-1"] == "bbbbbbbb")
    #expect(short["c"] == "c")
  }
}
