internal import DequeModule

/// Turns finished deliveries of one channel into as few acknowledgements as possible.
///
/// Finished tags are held until a prefix is long enough, or the connection has nothing else to do, and then acknowledged
/// with one `multiple` frame. Behind a slow delivery at the head the finished ones are acknowledged singly.
struct AckTracker {
  enum Action: Equatable {
    case acknowledge(UInt64, multiple: Bool)
    case refuse(UInt64, requeue: Bool)
  }

  private enum Mark { case outstanding, finished, settled }
  private struct Entry {
    let tag: UInt64
    var mark: Mark
  }

  /// Every delivery that the broker counts as unsettled, by rising tag, and some settled ones among them.
  private var entries = Deque<Entry>()
  private let threshold: Int
  private let limitBehindHead: Int
  private var finished = 0
  private var settled = 0

  init(prefetch: Int) {
    threshold = max(1, prefetch / 16)
    limitBehindHead = max(1, prefetch / 2)
    entries.reserveCapacity(min(prefetch, 4096))
  }

  /// Whether acknowledgements are held back.
  var hasPending: Bool { finished > 0 }
  /// How many deliveries have not been settled by the worker.
  var outstanding: Int { entries.count - finished - settled }

  /// A delivery came. Tags rise by the protocol; one that does not is ignored.
  mutating func delivered(_ tag: UInt64) {
    if let last = entries.last, tag <= last.tag { return }
    entries.append(Entry(tag: tag, mark: .outstanding))
  }

  /// The worker settled a delivery.
  ///
  /// - Returns: What must be sent at once: refusals are, acknowledgements wait for ``flush(idle:)``.
  mutating func settle(_ tag: UInt64, _ settlement: Settlement) -> Action? {
    guard let index = index(of: tag), entries[index].mark == .outstanding else { return nil }
    switch settlement {
    case .acknowledge:
      entries[index].mark = .finished
      finished += 1
      return nil
    case .requeue, .reject:
      entries[index].mark = .settled
      settled += 1
      return .refuse(tag, requeue: settlement == .requeue)
    }
  }

  /// The acknowledgements that are due.
  ///
  /// - Parameter idle: Whether the connection has nothing else to do: then all of them are.
  mutating func flush(idle: Bool, _ send: (Action) throws(RabbitMQError) -> Void) throws(RabbitMQError) {
    guard finished > 0 else { return }
    if idle || finished >= threshold { try flushPrefix(send) }
    if finished > 0, idle || finished >= limitBehindHead { try flushSingly(send) }
  }

  private mutating func flushPrefix(_ send: (Action) throws(RabbitMQError) -> Void) throws(RabbitMQError) {
    var last: UInt64?
    while let first = entries.first, first.mark != .outstanding {
      entries.removeFirst()
      if first.mark == .finished {
        last = first.tag
        finished -= 1
      } else {
        settled -= 1
      }
    }
    if let last { try send(.acknowledge(last, multiple: true)) }
  }

  private mutating func flushSingly(_ send: (Action) throws(RabbitMQError) -> Void) throws(RabbitMQError) {
    for index in entries.indices where entries[index].mark == .finished {
      entries[index].mark = .settled
      finished -= 1
      settled += 1
      try send(.acknowledge(entries[index].tag, multiple: false))
    }
    // Behind a head that takes hours, what is settled must not pile up.
    if settled > entries.count / 2, settled > 64 {
      entries.removeAll { $0.mark == .settled }
      settled = 0
    }
  }

  private func index(of tag: UInt64) -> Int? {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].tag < tag { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low].tag == tag ? low : nil
  }
}
