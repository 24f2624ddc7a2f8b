import Actors

/// What became of the messages of a bulk send.
struct SendTally: Sendable, Hashable {
  private(set) var confirmed = 0
  private(set) var returned = 0
  private(set) var nacked = 0
  private(set) var unknown = 0

  /// How many outcomes there are.
  var total: Int { confirmed + returned + nacked + unknown }
  /// Whether every one is with the broker.
  var isClean: Bool { total == confirmed }

  mutating func count(_ outcome: PublishOutcome) {
    switch outcome {
    case .confirmed: confirmed += 1
    case .returned: returned += 1
    case .nacked: nacked += 1
    case .unknown: unknown += 1
    }
  }

  /// In words.
  var text: String {
    let refused = nacked > 0 ? ", \(Figures.count(nacked)) nacked" : ""
    return "\(Figures.count(confirmed)) confirmed, \(Figures.count(returned)) returned\(refused), "
      + "\(Figures.count(unknown)) unknown"
  }
}

extension PublishOutcome {
  /// The outcome in words, safe to print.
  var text: String {
    switch self {
    case .confirmed: "confirmed"
    case .returned(let why): "returned by the broker: \(Printable.escape(why))"
    case .nacked: "refused by the broker"
    case .unknown(let why): "unknown, it may have arrived: \(Printable.escape(why))"
    }
  }
}
