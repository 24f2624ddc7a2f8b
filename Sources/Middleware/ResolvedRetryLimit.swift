import Actors

/// How often one message may be retried, after its own option, its actor's and the middleware's have been looked at.
struct ResolvedRetryLimit {
  /// The greatest number of retries; infinite for no limit.
  private let limit: Double
  /// The limit as it is reported to the actor of `on_retry_exhausted`.
  private let text: JSONText

  /// Resolves the limit: the message's own option counts when it is there, also when it is 0, false or null.
  init(_ reader: OptionReader?, actor: RetryLimit?, otherwise: RetryLimit) {
    if let own = reader?["max_retries"], own.isNull {
      self.init(limit: .infinity, text: own)
    } else if let own = reader?["max_retries"], let limit = reader?.number("max_retries") {
      self.init(limit: limit, text: own)
    } else {
      switch actor ?? otherwise {
      case .unlimited: self.init(limit: .infinity, text: .null)
      case .times(let times): self.init(limit: Double(times), text: JSONText(unchecked: Array(String(times).utf8)[...]))
      }
    }
  }

  private init(limit: Double, text: JSONText) {
    self.limit = limit
    self.text = text
  }

  /// Whether a message that has been retried so often may be retried once more.
  func allowsRetry(after retries: Int64) -> Bool { Double(retries) < limit }

  /// The second argument of the actor of `on_retry_exhausted`.
  func report(retries: Int64) -> JSONText {
    var report = MessageOptions()
    report.set("retries", to: retries)
    report.set("max_retries", to: text)
    return report.json
  }
}
