package import FoundationEssentials

/// One run as an actor wrote it down at its end.
package struct JournalEntry: Codable, Sendable, Hashable {
  /// The actor.
  package var actor: String
  /// The message's id.
  package var id: String
  /// 1 for the first run.
  package var attempt: Int
  /// Whether the delivery carried the redelivered flag.
  package var redelivered: Bool
  /// The process.
  package var pid: Int
  /// Unix milliseconds of the start.
  package var start: Int64
  /// Unix milliseconds of the end.
  package var end: Int64
  /// `ok`, `error`, `cancelled` or `timeout`.
  package var outcome: String
}

/// Reads a journal of JSON lines that processes append to.
package struct Journal: Sendable {
  /// The file.
  package let path: String

  /// Reads from this file, which need not exist yet.
  package init(_ path: String) { self.path = path }

  /// A journal in a fresh folder.
  package static func temporary() throws -> Journal {
    Journal(try ProjectLayout.temporaryFolder("journal") + "/journal.jsonl")
  }

  /// The text of every whole line so far; a line that is being written is left out.
  package var lines: [Data] {
    guard let data = FileManager.default.contents(atPath: path), let end = data.lastIndex(of: 0x0A) else { return [] }
    return data[..<end].split(separator: 0x0A).map { Data($0) }
  }

  /// Every whole line so far.
  ///
  /// - Throws: `DecodingError` when a line is no entry.
  package var entries: [JournalEntry] {
    get throws {
      let decoder = JSONDecoder()
      return try lines.map { try decoder.decode(JournalEntry.self, from: $0) }
    }
  }

  /// How often each message ended well.
  package var runs: [String: Int] {
    get throws { try entries.reduce(into: [:]) { if $1.outcome == "ok" { $0[$1.id, default: 0] += 1 } } }
  }
}
