/// Which dead letters a command acts on.
enum DeadLetterSelection: Sendable {
  /// Those with these ids, or the only ones that begin so.
  case ids([String])
  /// Every one.
  case all
  /// Those that a filter means.
  case filter(DeadLetterFilter)

  /// Reads the arguments of a command: exactly one way of choosing.
  ///
  /// - Throws: ``CommandFailure`` (`usage`).
  init(ids: [String], all: Bool, filter: String?) throws(CommandFailure) {
    guard (ids.isEmpty ? 0 : 1) + (all ? 1 : 0) + (filter == nil ? 0 : 1) == 1 else {
      throw CommandFailure(.usage, "choose messages in one way: by IDs, with --filter, or with --all")
    }
    if let filter {
      self = .filter(try DeadLetterFilter(filter))
    } else {
      self = all ? .all : .ids(ids)
    }
  }

  /// The letters that are meant, in the order of the queue.
  ///
  /// - Throws: ``CommandFailure``: `notFound` for an id that is not there, `usage` for one that means several messages.
  func choose(from letters: [LeasedLetter], now: Int64) throws(CommandFailure) -> [LeasedLetter] {
    switch self {
    case .all: return letters
    case .filter(let filter): return letters.filter { filter.matches($0, now: now) }
    case .ids(let wanted):
      var ids: Set<String> = []
      for text in wanted { ids.insert(try Self.id(text, letters)) }
      return letters.filter { ids.contains($0.id) }
    }
  }

  /// A whole id means every copy of that message; a prefix must mean one message.
  private static func id(_ text: String, _ letters: [LeasedLetter]) throws(CommandFailure) -> String {
    if letters.contains(where: { $0.id == text }) { return text }
    let found = Set(letters.map(\.id).filter { $0.hasPrefix(text) })
    guard let id = found.first, !text.isEmpty else {
      throw CommandFailure(.notFound, "no dead letter has the id \(Printable.escape(text)); nothing was done")
    }
    guard found.count == 1 else {
      let some = found.sorted().prefix(5).map(Printable.escape).joined(separator: ", ")
      throw CommandFailure(
        .usage, "\(found.count) dead letters begin with \(Printable.escape(text)) (\(some)); nothing was done")
    }
    return id
  }

  /// For each letter the shortest beginning of its id, of at least 8 characters, that no other id has.
  static func shortIDs(_ letters: [LeasedLetter]) -> [String: String] {
    let sorted = Set(letters.map(\.id)).sorted()
    var result: [String: String] = [:]
    for (index, id) in sorted.enumerated() {
      var length = 8
      for neighbour in [index - 1, index + 1] where sorted.indices.contains(neighbour) {
        let shared = zip(id, sorted[neighbour]).prefix { $0 == $1 }.count
        length = max(length, shared + 1)
      }
      result[id] = String(id.prefix(length))
    }
    return result
  }
}
