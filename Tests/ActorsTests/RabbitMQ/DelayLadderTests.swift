import Testing

@testable import Actors

@Suite("The delay ladder")
struct DelayLadderTests {
  private let ladder = DelayLadder(prefix: "t", type: .quorum)

  /// Walks a message through the declared topology, as the broker would.
  private func walk(_ delay: Duration) -> (waited: Int64, hops: Int) {
    let (exchange, key) = ladder.entry(for: delay)
    let bits = key.split(separator: ".")
    var current = exchange
    var waited: Int64 = 0
    var hops = 0
    while current != ladder.exchange(-1) {
      let matches = ladder.steps.compactMap { step -> DelayLadder.Step? in
        switch step {
        case .bindQueue(_, let source, let pattern) where source == current && Self.matches(pattern, bits): step
        case .bindExchange(_, let source, let pattern) where source == current && Self.matches(pattern, bits): step
        default: nil
        }
      }
      guard matches.count == 1, let match = matches.first else { return (-1, hops) }
      switch match {
      case .bindExchange(let target, _, _): current = target
      case .bindQueue(let queue, _, _):
        let arguments = ladder.steps.compactMap { step -> [String: AMQPValue]? in
          if case .queue(queue, let arguments) = step { arguments } else { nil }
        }.first
        waited += arguments?["x-message-ttl"]?.integerValue ?? -1
        hops += 1
        current = arguments?["x-dead-letter-exchange"]?.stringValue ?? ""
      default: return (-1, hops)
      }
    }
    return (waited, hops)
  }

  private static func matches(_ pattern: String, _ words: [Substring]) -> Bool {
    var rest = words[...]
    for part in pattern.split(separator: ".") {
      if part == "#" { return true }
      guard let word = rest.popFirst(), part == "*" || part == word else { return false }
    }
    return rest.isEmpty
  }

  @Test(
    "A message waits at least its delay, and little more",
    arguments: [1, 8, 9, 50, 100, 250, 1_000, 15_000, 60_000, 3_600_000, 86_400_000, 604_800_000, 4_000_000_000])
  func waits(milliseconds: Int64) {
    let (waited, hops) = walk(.milliseconds(milliseconds))
    #expect(waited >= milliseconds)
    #expect(waited <= milliseconds + max(16, min(milliseconds / 16, 48)))
    #expect(hops <= DelayLadder.levels)
  }

  @Test("Delays beyond the ladder wait as long as it can")
  func beyond() {
    #expect(walk(.seconds(100 * 24 * 3_600)).waited == DelayLadder.longest)
    #expect(walk(.unlimited).waited == DelayLadder.longest)
    #expect(walk(.zero).waited == DelayLadder.quantum)
    #expect(walk(.seconds(-5)).waited == DelayLadder.quantum)
  }

  @Test("What no queue wants any more has a place to go")
  func undeliverable() {
    let end = DelayLadder.Step.exchange(ladder.exchange(-1), type: "headers", alternate: ladder.undeliverable)
    #expect(ladder.steps.contains(end))
    #expect(ladder.steps.contains(.bindQueue(ladder.undeliverable, exchange: ladder.undeliverable, key: "")))
  }

  @Test("What the ladder is made of goes with its version: a change needs another one, so that no upgrade conflicts")
  func version() {
    #expect(DelayLadder.version == 1)
    #expect(DelayLadder.levels == 29)
    #expect(DelayLadder.queueHeader == "troupe-queue")
    let quorum: [String: AMQPValue] = [
      "x-message-ttl": .integer(8), "x-dead-letter-exchange": .string("t.deliver"), "x-queue-type": .string("quorum"),
      "x-dead-letter-strategy": .string("at-least-once"), "x-overflow": .string("reject-publish"),
    ]
    let stars = String(repeating: "*.", count: 28)
    #expect(
      ladder.steps.prefix(8) == [
        .queue("t.undeliverable", arguments: [:]), .exchange("t.undeliverable", type: "fanout"),
        .bindQueue("t.undeliverable", exchange: "t.undeliverable", key: ""),
        .exchange("t.deliver", type: "headers", alternate: "t.undeliverable"),
        .queue("t.00", arguments: quorum), .exchange("t.00", type: "topic"),
        .bindQueue("t.00", exchange: "t.00", key: "\(stars)1"),
        .bindExchange("t.deliver", source: "t.00", key: "\(stars)0"),
      ])
    let classic = DelayLadder(prefix: "t", type: .classic)
    let last: [String: AMQPValue] = [
      "x-message-ttl": .integer(1 << 31), "x-dead-letter-exchange": .string("t.classic.27"),
    ]
    #expect(
      classic.steps.suffix(4) == [
        .queue("t.classic.28", arguments: last), .exchange("t.classic.28", type: "topic"),
        .bindQueue("t.classic.28", exchange: "t.classic.28", key: "1.#"),
        .bindExchange("t.classic.27", source: "t.classic.28", key: "0.#"),
      ])
  }

  @Test("Ladders of different versions share no name")
  func names() {
    func names(_ ladder: DelayLadder) -> Set<String> {
      Set(
        ladder.steps.compactMap { step in
          switch step {
          case .exchange(let name, _, _): "exchange \(name)"
          case .queue(let name, _): "queue \(name)"
          default: nil
          }
        })
    }
    let ladders = [QueueDeclaration.QueueType.quorum, .classic].flatMap { type in
      (1...3).map { names(DelayLadder(prefix: "t", type: type, version: $0)) }
    }
    #expect(ladders.reduce(into: Set()) { $0.formUnion($1) }.count == ladders.map(\.count).reduce(0, +))
  }

  @Test("Every queue's time to live is one that the broker takes")
  func limits() {
    for case .queue(let name, let arguments) in ladder.steps where name != ladder.undeliverable {
      let ttl = arguments["x-message-ttl"]?.integerValue ?? -1
      #expect((1...4_294_967_295).contains(ttl))
      #expect(arguments["x-dead-letter-strategy"] == .string("at-least-once"))
    }
    #expect(ladder.steps.count == 4 + 4 * DelayLadder.levels)
    for case .bindQueue(_, _, let key) in ladder.steps { #expect(key.utf8.count <= 255) }
  }
}
