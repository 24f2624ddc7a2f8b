import Actors

/// Goes through the chosen letters of a dead-letter queue, batch by batch: takes them, asks once, acts on them, and
/// acknowledges those that the action was good for.
struct DeadLetterAction: Sendable {
  /// How it went.
  struct Result: Sendable {
    var done: [String] = []
    var failed: [(id: String, why: String)] = []
    /// How many letters were looked at.
    var examined = 0
    /// How many there were at the beginning.
    var total = 0
  }

  let selection: DeadLetterSelection
  let lease: DeadLetterLease
  /// Asks whether to go on with so many letters; throws when not.
  let confirm: @Sendable (_ count: Int, _ letters: [LeasedLetter]) throws -> Void
  /// Acts on letters; the texts say why one failed, nil is success.
  let act: @Sendable ([LeasedLetter]) async throws -> [String?]

  /// Does it.
  func run() async throws -> Result {
    var result = Result()
    result.total = try await lease.counts().dead
    if case .all = selection {
      try await runAll(&result)
    } else {
      let letters = try await lease.take()
      result.examined = letters.count
      let chosen = try selection.choose(from: letters, now: WallClock.now)
      guard !chosen.isEmpty else { return result }
      try confirm(chosen.count, chosen)
      try await act(on: chosen, &result)
    }
    return result
  }

  /// Bounded by the count at the beginning: a message that dies again at once would otherwise go round for ever.
  private func runAll(_ result: inout Result) async throws {
    guard result.total > 0 else { return }
    try confirm(result.total, [])
    while result.examined < result.total {
      let letters = try await lease.take(min(500, result.total - result.examined))
      guard !letters.isEmpty else { return }
      result.examined += letters.count
      let failures = result.failed.count
      try await act(on: letters, &result)
      // Failed letters stay held; a broker that refuses everything is not asked thousands of times.
      if result.failed.count - failures == letters.count { return }
    }
  }

  private func act(on letters: [LeasedLetter], _ result: inout Result) async throws {
    for start in stride(from: 0, to: letters.count, by: 200) {
      let batch = Array(letters[start..<min(start + 200, letters.count)])
      let outcomes = try await act(batch)
      var tags: [UInt64] = []
      for (letter, failure) in zip(batch, outcomes) {
        if let failure {
          result.failed.append((letter.id, failure))
        } else {
          tags.append(letter.tag)
          result.done.append(letter.id)
        }
      }
      try await lease.administration.acknowledge(tags)
    }
  }
}
