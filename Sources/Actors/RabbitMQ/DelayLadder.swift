/// Delays kept by the broker: a ladder of queues with fixed times to live, one for each bit of the delay.
///
/// A delayed message enters at its highest bit. Each level is a topic exchange that looks at its own bit in the routing key:
/// with a 1 the message waits in the level's queue and dead-letters to the next level, with a 0 it goes there at once. After
/// the lowest level a headers exchange brings it to the queue that its header `troupe-queue` names. All messages of a level
/// have the same time to live, so none blocks another, and no worker is needed for time to pass. (Level queues per bit are
/// NServiceBus's scheme; Celery's native delayed delivery uses it as well.)
///
/// A message whose queue was deleted meanwhile goes to the queue `undeliverable` of the ladder. Without that, dead-lettering
/// at least once would try it again for ever, and a few dozen of them would hold up all the others of their level.
struct DelayLadder: Sendable, Equatable {
  /// The time that the lowest level adds: the precision of a delay.
  static let quantum: Int64 = 8
  /// The highest level waits 2^31 ms; a message-ttl may not be longer than 2^32 - 1.
  static let levels = 29
  /// The header that names the queue to deliver to. It must not begin with `x-`: a headers exchange ignores such headers.
  static let queueHeader = "troupe-queue"
  /// Part of the names, from the second on. A queue or exchange that is there cannot be declared with other arguments, so
  /// whoever changes what the ladder is made of raises this number: an upgraded worker then has a ladder of its own, and
  /// what still waits in the old one is delivered by the broker alone.
  static let version = 1
  /// The longest delay of one pass; the worker sends what is not due yet through the ladder again.
  static let longest: Int64 = quantum * ((1 << levels) - 1)

  let prefix: String
  let type: QueueDeclaration.QueueType

  init(prefix: String, type: QueueDeclaration.QueueType, version: Int = Self.version) {
    let versioned = version == 1 ? prefix : "\(prefix).v\(version)"
    self.prefix = type == .quorum ? versioned : versioned + ".classic"
    self.type = type
  }

  /// Where a message with this delay is published.
  ///
  /// The delay is rounded up, by at most 32 ms and never by more than a 32nd (8 ms at least): fewer bits are fewer hops.
  func entry(for delay: Duration) -> (exchange: String, key: String) {
    let units = Self.units(for: delay)
    let highest = max(0, (Int64.bitWidth - 1) - units.leadingZeroBitCount)
    var key: [UInt8] = []
    key.reserveCapacity(Self.levels * 2)
    for level in (0..<Self.levels).reversed() {
      if !key.isEmpty { key.append(UInt8(ascii: ".")) }
      key.append(units >> Int64(level) & 1 == 1 ? UInt8(ascii: "1") : UInt8(ascii: "0"))
    }
    return (exchange(highest), String(decoding: key, as: UTF8.self))
  }

  /// The delay in quanta, rounded up.
  static func units(for delay: Duration) -> Int64 {
    let wanted = min(max(delay.milliseconds, 1), longest)
    let exact = (wanted + quantum - 1) / quantum
    let slack = min(max(wanted / 32, quantum), 4 * quantum) / quantum
    var best = exact
    var step: Int64 = 2
    while step <= slack * 2 {
      let rounded = (exact + step - 1) / step * step
      if rounded - exact <= slack, rounded.nonzeroBitCount < best.nonzeroBitCount { best = rounded }
      step *= 2
    }
    return min(best, (1 << Int64(levels)) - 1)
  }

  func exchange(_ level: Int) -> String { level < 0 ? "\(prefix).deliver" : "\(prefix).\(Self.digits(level))" }
  /// Takes what no queue wants any more.
  var undeliverable: String { "\(prefix).undeliverable" }
  func queue(_ level: Int) -> String { "\(prefix).\(Self.digits(level))" }

  private static func digits(_ level: Int) -> String { level < 10 ? "0\(level)" : "\(level)" }

  /// One thing to declare at the broker.
  enum Step: Equatable {
    case exchange(String, type: String, alternate: String? = nil)
    case queue(String, arguments: [String: AMQPValue])
    case bindQueue(String, exchange: String, key: String)
    case bindExchange(String, source: String, key: String)
  }

  /// Everything the ladder is made of, lowest level first, so that a ladder cut short is never entered from above.
  var steps: [Step] {
    var steps = [
      Step.queue(undeliverable, arguments: [:]),
      .exchange(undeliverable, type: "fanout"),
      .bindQueue(undeliverable, exchange: undeliverable, key: ""),
      .exchange(exchange(-1), type: "headers", alternate: undeliverable),
    ]
    for level in 0..<Self.levels {
      let stars = String(repeating: "*.", count: Self.levels - 1 - level)
      let tail = level == 0 ? "" : ".#"
      steps += [
        .queue(queue(level), arguments: arguments(level)),
        .exchange(exchange(level), type: "topic"),
        .bindQueue(queue(level), exchange: exchange(level), key: "\(stars)1\(tail)"),
        .bindExchange(exchange(level - 1), source: exchange(level), key: "\(stars)0\(tail)"),
      ]
    }
    return steps
  }

  private func arguments(_ level: Int) -> [String: AMQPValue] {
    var arguments: [String: AMQPValue] = [
      "x-message-ttl": .integer(Self.quantum << Int64(level)),
      "x-dead-letter-exchange": .string(exchange(level - 1)),
    ]
    if type == .quorum {
      arguments["x-queue-type"] = .string("quorum")
      arguments["x-dead-letter-strategy"] = .string("at-least-once")
      arguments["x-overflow"] = .string("reject-publish")
    }
    return arguments
  }
}
