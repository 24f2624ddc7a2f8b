import BoltDriver
import NIOCore
import TestSupport
import Testing

/// Values that the official driver for Python packs and this one reads, and the other way round: both have to see the same
/// in them. Every run has other values; the seed in a failure brings them back (`TROUPE_TEST_SEED`).
@Suite struct PackStreamInteropTests {
  private static let dialects: [(name: String, dialect: PackStreamDialect)] = [
    ("4.4", PackStreamDialect(version: .v44)), ("4.4+utc", PackStreamDialect(version: .v44, utcPatch: true)),
    ("5.4", PackStreamDialect(version: .v54)), ("6.0", PackStreamDialect(version: .v60)),
  ]

  private static func dialect(_ name: String) throws -> PackStreamDialect {
    try #require(dialects.first { $0.name == name }?.dialect)
  }

  private static func pack(_ value: BoltValue, _ dialect: String) throws -> [UInt8] {
    var writer = PackStreamWriter(ByteBuffer(), dialect: try Self.dialect(dialect))
    try writer.write(value)
    return Array(buffer: writer.buffer)
  }

  private static func unpack(_ bytes: [UInt8], _ dialect: String) throws -> BoltValue {
    try PackStreamReader.read(ByteBuffer(bytes: bytes), dialect: try Self.dialect(dialect)) {
      reader throws(PackStreamError) in try reader.readValue()
    }
  }

  /// Compares two meanings; `#expect` would print megabytes.
  private static func compare(_ found: String, _ expected: String, _ what: String, in dialect: String, seed: UInt64) {
    if found == expected { return }
    Issue.record(
      "\(what), Bolt \(dialect), TROUPE_TEST_SEED=\(seed): \(found.prefix(300)) instead of \(expected.prefix(300))")
  }

  @Test func whatPythonPacksIsReadAndPackedAgain() async throws {
    let seed = SeededGenerator.seedOfRun
    let made = try await PackStreamPeer.make(700, seed: seed)
    #expect(made.count > 4 * 700)
    var again: [(dialect: String, packed: [UInt8])] = []
    var meanings: [String] = []
    for value in made {
      let packed = try #require(value.packed)
      let read = try Self.unpack(packed, value.dialect)
      Self.compare(read.meaning, value.meaning, "read from Python", in: value.dialect, seed: seed)
      // What only servers send ends here.
      guard let ours = try? Self.pack(read, value.dialect) else {
        #expect("NRP?".contains(value.meaning.prefix(1)), "TROUPE_TEST_SEED=\(seed): \(value.meaning.prefix(300))")
        continue
      }
      #expect(ours.count == packed.count, "TROUPE_TEST_SEED=\(seed): both use the shortest form of \(read.typeName)")
      again.append((value.dialect, ours))
      meanings.append(value.meaning)
    }
    #expect(again.count > 2_000)
    for (value, meaning) in zip(try await PackStreamPeer.read(again), meanings) {
      Self.compare(value.meaning, meaning, "back in Python", in: value.dialect, seed: seed)
    }
  }

  @Test func whatIsPackedHereIsReadByPythonAndPackedAgain() async throws {
    let seed = SeededGenerator.seedOfRun
    var sent: [(dialect: String, packed: [UInt8])] = []
    var meanings: [String] = []
    for (name, dialect) in Self.dialects {
      var source = RandomBoltValue(seed: seed, hasVectors: dialect.vectors, hasLargest: name == "5.4")
      for value in source.edges + (0..<700).map({ _ in source.next() }) {
        sent.append((name, try Self.pack(value, name)))
        meanings.append(value.meaning)
      }
    }
    for (index, value) in try await PackStreamPeer.read(sent).enumerated() {
      Self.compare(value.meaning, meanings[index], "read by Python", in: value.dialect, seed: seed)
      let packed = try #require(value.packed)
      #expect(packed.count == sent[index].packed.count, "TROUPE_TEST_SEED=\(seed): \(meanings[index].prefix(300))")
      let read = try Self.unpack(packed, value.dialect)
      Self.compare(read.meaning, meanings[index], "back from Python", in: value.dialect, seed: seed)
    }
  }
}
