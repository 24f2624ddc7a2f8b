import Actors

/// How often one message may be retried, after its own option, its actor's and the middleware's have been looked at.
struct ResolvedRetryLimit {
  /// The greatest number of retries; infinite for no limit.
  private let limit: Double
  /// The message's own limit as it stands there, to be reported as such; nil when it is not the message's.
  private let own: JSONText?

  /// Resolves the limit: the message's own option counts when it is there, also when it is 0, false or null.
  init(_ reader: OptionReader?, actor: RetryLimit?, otherwise: RetryLimit) {
    if let own = reader?["max_retries"], own.isNull {
      self.init(limit: .infinity, own: own)
    } else if let own = reader?["max_retries"], let limit = reader?.number("max_retries") {
      self.init(limit: limit, own: own)
    } else {
      switch actor ?? otherwise {
      case .unlimited: self.init(limit: .infinity, own: nil)
      case .times(let times): self.init(limit: Double(times), own: nil)
      }
    }
  }

  private init(limit: Double, own: JSONText?) {
    self.limit = limit
    self.own = own
  }

  /// Whether a message that has been retried so often may be retried once more.
  func allowsRetry(after retries: Int64) -> Bool { Double(retries) < limit }

  /// The second argument of the actor of `on_retry_exhausted`.
  func report(retries: Int64) -> JSONText {
    var report = MessageOptions()
    report.set("retries", to: retries)
    if let own {
      report.set("max_retries", to: own)
    } else if let times = Int(exactly: limit) {
      report.set("max_retries", to: times)
    } else {
      report.set("max_retries", to: .null)
    }
    return report.json
  }
}
