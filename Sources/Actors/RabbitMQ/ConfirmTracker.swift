internal import DequeModule

/// The publishes of one channel that wait for their confirm, by sequence number.
struct ConfirmTracker<Pending> {
  private var entries = Deque<Pending?>()
  /// The sequence number of the first entry.
  private var first: UInt64 = 1
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// The next publish on the channel.
  mutating func append(_ pending: Pending) {
    entries.append(pending)
    count += 1
  }

  /// The broker answered: takes out what the answer covers, in order. A number that was never given out is ignored.
  mutating func confirm(_ tag: UInt64, multiple: Bool, _ body: (Pending) -> Void) {
    guard tag >= first, tag - first < UInt64(entries.count) else { return }
    let index = Int(tag - first)
    if multiple {
      for _ in 0...index { if let pending = popFirst() { body(pending) } }
    } else if let pending = entries[index] {
      entries[index] = nil
      count -= 1
      body(pending)
    }
    while let entry = entries.first, entry == nil { _ = popFirst() }
  }

  /// Everything that waits still, oldest first.
  var waiting: [Pending] { entries.compactMap { $0 } }

  /// Takes everything out; the channel is gone and the next one counts from 1.
  mutating func reset() -> [Pending] {
    defer {
      entries.removeAll()
      first = 1
      count = 0
    }
    return waiting
  }

  private mutating func popFirst() -> Pending? {
    first += 1
    guard let entry = entries.removeFirst() else { return nil }
    count -= 1
    return entry
  }
}
