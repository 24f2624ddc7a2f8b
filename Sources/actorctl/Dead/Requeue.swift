import Actors

/// How a dead letter goes back to its queue.
struct Requeue: Sendable {
  /// What the retries of dramatiq and of our own write into the options.
  private static let retryOptions = ["retries", "traceback", "requeue_timestamp", "eta"]
  /// What the broker wrote when it dead-lettered the message; it would write more beside it the next time.
  private static let brokerHeaders = ["x-death", "x-first-death-", "x-last-death-"]

  /// Whether the message starts anew: without its retries and without what is known of its death.
  let resetsRetries: Bool

  /// The publication that takes the letter back.
  func publication(of letter: LeasedLetter) -> Publication {
    var properties = letter.properties
    properties.headers = properties.headers.filter { name, _ in
      if resetsRetries && name.hasPrefix("x-troupe-") { return false }
      return !Self.brokerHeaders.contains { name.hasPrefix($0) }
    }
    return Publication(route: .queue(letter.origin), body: .bytes(body(of: letter)), properties: properties)
  }

  /// The body as it lies there, byte for byte, unless something of it has to change.
  private func body(of letter: LeasedLetter) -> [UInt8] {
    guard var message = letter.message else { return letter.body }
    var isChanged = false
    if message.queueName != letter.origin {
      message.queueName = letter.origin
      isChanged = true
    }
    if resetsRetries {
      for name in Self.retryOptions where message.options.contains(name) {
        message.options[name] = nil
        isChanged = true
      }
    }
    return isChanged ? message.encoded() : letter.body
  }
}
