internal import DequeModule

/// Turns finished deliveries of one channel into as few acknowledgements as possible.
///
/// Finished tags are held until a prefix is long enough, or has waited for a moment, and then acknowledged with one
/// `multiple` frame: every frame costs a packet, and the broker a turn, which is more than the message itself. Behind a slow
/// delivery at the head the finished ones are acknowledged singly, a little later.
struct AckTracker {
  enum Action: Equatable {
    case acknowledge(UInt64, multiple: Bool)
    case refuse(UInt64, requeue: Bool)
  }

  private enum Mark { case outstanding, finished, settled }
  private struct Entry {
    let tag: UInt64
    /// Whether it came by the channel's second consumer.
    let isExtra: Bool
    var mark: Mark
  }

  /// Every delivery that the broker counts as unsettled, by rising tag, and some settled ones among them.
  private var entries = Deque<Entry>()
  /// How long a finished prefix may wait for more to join it, in nanoseconds.
  static let patience: UInt64 = 2_000_000
  /// How long finished deliveries may wait for the unfinished one before them.
  static let patienceBehindHead: UInt64 = 20_000_000

  private var threshold: Int
  private var limitBehindHead: Int
  /// Since when finished deliveries wait, in monotonic nanoseconds.
  private var waitingSince: UInt64?
  private var finished = 0
  private var acknowledged = 0
  private var settled = 0

  /// How many deliveries the broker may have given out unsettled.
  var prefetch: Int {
    didSet { (threshold, limitBehindHead) = Self.limits(prefetch) }
  }

  init(prefetch: Int) {
    self.prefetch = prefetch
    (threshold, limitBehindHead) = Self.limits(prefetch)
    entries.reserveCapacity(min(prefetch, 4096))
  }

  /// A quarter of the prefetch: the broker still has three quarters to go on with.
  private static func limits(_ prefetch: Int) -> (threshold: Int, behindHead: Int) {
    (max(1, prefetch / 4), max(1, prefetch / 2))
  }

  /// Whether acknowledgements are held back.
  var hasPending: Bool { finished > 0 }
  /// When ``flush(now:all:_:)`` has something to send although nothing more has been settled.
  var nextDeadline: UInt64? {
    guard let waitingSince else { return nil }
    return waitingSince &+ (isHeadFinished ? Self.patience : Self.patienceBehindHead)
  }
  /// How many more acknowledgements would be sent on without waiting for ``nextDeadline``.
  var missing: Int { max(1, (finished < threshold ? threshold : limitBehindHead) - finished) }
  /// How many deliveries have not been settled by the worker.
  var outstanding: Int { entries.count - finished - settled }

  /// A delivery came. Tags rise by the protocol; one that does not is ignored.
  mutating func delivered(_ tag: UInt64, isExtra: Bool = false) {
    if let last = entries.last, tag <= last.tag { return }
    entries.append(Entry(tag: tag, isExtra: isExtra, mark: .outstanding))
  }

  /// What came by the channel's second consumer and has not been settled by the worker.
  var extraTags: Set<UInt64> {
    Set(entries.lazy.filter { $0.isExtra && $0.mark == .outstanding }.map(\.tag))
  }

  /// The worker settled a delivery.
  ///
  /// - Returns: What must be sent at once: refusals are, acknowledgements wait for ``flush(now:all:_:)``.
  mutating func settle(_ tag: UInt64, _ settlement: Settlement) -> Action? {
    guard let index = index(of: tag), entries[index].mark == .outstanding else { return nil }
    switch settlement {
    case .acknowledge:
      entries[index].mark = .finished
      finished += 1
      acknowledged += 1
      return nil
    case .requeue, .reject:
      entries[index].mark = .settled
      settled += 1
      return .refuse(tag, requeue: settlement == .requeue)
    }
  }

  /// How many the worker has acknowledged since the last call. What goes back to its queue has not been run.
  mutating func takeAcknowledgedCount() -> Int {
    defer { acknowledged = 0 }
    return acknowledged
  }

  /// The acknowledgements that are due.
  ///
  /// - Parameters:
  ///   - now: Monotonic nanoseconds.
  ///   - all: Whether none may wait any longer: the channel is about to close.
  mutating func flush(
    now: UInt64, all: Bool = false, _ send: (Action) throws(RabbitMQError) -> Void
  ) throws(RabbitMQError) {
    guard finished > 0 else { return }
    var since = waitingSince ?? now
    let waited = now > since ? now - since : 0
    if isHeadFinished, all || finished >= threshold || waited >= Self.patience {
      try flushPrefix(send)
      since = now
    }
    if finished > 0, all || finished >= limitBehindHead || waited >= Self.patienceBehindHead { try flushSingly(send) }
    waitingSince = finished > 0 ? since : nil
  }

  private var isHeadFinished: Bool { entries.first.map { $0.mark != .outstanding } ?? false }

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
