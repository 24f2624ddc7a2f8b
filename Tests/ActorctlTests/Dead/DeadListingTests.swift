import Actors
import Testing

@testable import actorctl

@Suite("Listing dead letters")
struct DeadListingTests {
  private let listing = DeadListing(
    queue: "q",
    letters: [
      DeadLetterTests.letter(headers: [
        "x-troupe-reason": .string("max_retries"), "x-troupe-error": .string("boom\n\u{1B}[2Jgone"),
        "x-troupe-attempts": .integer(21), "x-troupe-time": .integer(1_000_000),
      ])
    ], examined: 2, matching: 1, total: 118, isFiltered: true)

  @Test func `as a table`() {
    #expect(
      listing.table(now: 1_180_000).rendered() == """
        ID        ACTOR  REASON       ATTEMPTS  DIED     SIZE  ERROR
        410dea5d  boom   max_retries        21  3m ago  258 B  boom\\n\\u{1b}[2Jgone

        """)
    #expect(listing.summary == "1 shown of 1 matching, 2 looked at, 118 in q.XQ")
  }

  @Test func `as JSON with a schema`() throws {
    let line = try listing.report.line()
    #expect(line.contains(#""schema":"actorctl.dead.list/1""#))
    let value = JSONValue(try JSONText(validating: line))
    #expect(value["letters"]?[0]?["body"]?.stringValue == DeadLetterTests.body)
    #expect(value["letters"]?[0]?["attempts"]?.intValue == 21)
  }
}
