import CRabbitMQ
import Testing

@testable import Actors

@Suite("Tables of the library")
struct FieldTableTests {
  @Test("A delivery's headers come without the broker's notes on deaths")
  func deathNotes() {
    let kept: [String: AMQPValue] = ["a": .integer(1), "x-deat": .bool(true), "x-firs": .string("b")]
    let notes: [String: AMQPValue] = [
      "x-death": .array([.table(["count": .integer(1)])]), "x-first-death-queue": .string("q"),
      "x-last-death-reason": .string("expired"),
    ]
    let arena = FieldTable.Arena()
    let table = arena.table(kept.merging(notes) { $1 })
    #expect(FieldTable.decodeHeaders(table) == kept)
    #expect(FieldTable.decode(table) == kept.merging(notes) { $1 })
    withExtendedLifetime(arena) {}
  }
}
