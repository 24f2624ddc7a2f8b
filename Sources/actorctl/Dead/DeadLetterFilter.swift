import Actors

/// Which dead letters are meant: terms that all must hold, as in `actor:ingest.* reason:max_retries error:~timeout
/// age:>1d`.
///
/// A value is compared whole, with `*` for any text; after `~` it is searched for, in either case. Quotes keep blanks
/// together. Ages are compared with `>` or `<`.
struct DeadLetterFilter: Sendable {
  private enum Field: String, CaseIterable, Sendable {
    case id, actor, reason, error, queue, age
  }

  private enum Test: Sendable {
    case pattern([Substring])
    case contains(String)
    case olderThan(Duration)
    case youngerThan(Duration)
  }

  private let terms: [(field: Field, test: Test)]

  /// Reads a filter.
  ///
  /// - Throws: ``CommandFailure`` (`usage`).
  init(_ text: String) throws(CommandFailure) {
    var terms: [(Field, Test)] = []
    for word in try Self.words(of: text) { terms.append(try Self.term(word)) }
    guard !terms.isEmpty else { throw CommandFailure(.usage, "the filter is empty; to mean every message use --all") }
    self.terms = terms.map { (field: $0.0, test: $0.1) }
  }

  /// Whether a dead letter is meant.
  func matches(_ letter: LeasedLetter, now: Int64) -> Bool {
    terms.allSatisfy { Self.holds($0.field, $0.test, letter, now) }
  }

  private static func holds(_ field: Field, _ test: Test, _ letter: LeasedLetter, _ now: Int64) -> Bool {
    let text: String
    switch field {
    case .id: text = letter.id
    case .actor: text = letter.actor ?? ""
    case .reason: text = letter.reason ?? ""
    case .error: text = letter.error
    case .queue: text = letter.origin
    case .age: return isAge(letter.diedAt, test, now)
    }
    switch test {
    case .pattern(let parts): return Self.matches(text, parts)
    case .contains(let part): return text.lowercased().contains(part)
    case .olderThan, .youngerThan: return false
    }
  }

  private static func isAge(_ diedAt: Int64?, _ test: Test, _ now: Int64) -> Bool {
    guard let diedAt else { return false }
    let (age, overflow) = now.subtractingReportingOverflow(diedAt)
    switch test {
    case .olderThan(let limit): return !overflow && age > limit.milliseconds
    case .youngerThan(let limit): return !overflow && age < limit.milliseconds
    case .pattern, .contains: return false
    }
  }

  /// Compares with a pattern that was split at its stars. The parts between are searched from the left, which is
  /// enough: the leftmost place of each leaves the most for the next.
  private static func matches(_ text: String, _ parts: [Substring]) -> Bool {
    guard let first = parts.first, let last = parts.last, parts.count > 1 else { return text == (parts.first ?? "") }
    guard text.hasPrefix(first) else { return false }
    var rest = text.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return rest.count >= last.count && rest.hasSuffix(last)
  }

  private static func term(_ word: String) throws(CommandFailure) -> (Field, Test) {
    let names = Field.allCases.map(\.rawValue).joined(separator: ", ")
    guard let colon = word.firstIndex(of: ":"), let field = Field(rawValue: String(word[..<colon])) else {
      throw CommandFailure(
        .usage, "the filter's term “\(Printable.escape(word))” must be field:value; fields: \(names)")
    }
    let value = String(word[word.index(after: colon)...])
    guard field == .age else {
      if value.hasPrefix("~") { return (field, .contains(value.dropFirst().lowercased())) }
      return (field, .pattern(value.split(separator: "*", omittingEmptySubsequences: false)))
    }
    guard let comparison = value.first, "<>".contains(comparison),
      let limit = DurationText.parse(String(value.dropFirst()))
    else { throw CommandFailure(.usage, "age is compared as age:>1d or age:<30m") }
    return (field, comparison == ">" ? .olderThan(limit) : .youngerThan(limit))
  }

  private static func words(of text: String) throws(CommandFailure) -> [String] {
    var words: [String] = []
    var word = ""
    var isQuoted = false
    for character in text {
      switch character {
      case "\"": isQuoted.toggle()
      case " " where !isQuoted:
        if !word.isEmpty { words.append(word) }
        word = ""
      default: word.append(character)
      }
    }
    guard !isQuoted else { throw CommandFailure(.usage, "the filter has a quote that is not closed") }
    return word.isEmpty ? words : words + [word]
  }
}
