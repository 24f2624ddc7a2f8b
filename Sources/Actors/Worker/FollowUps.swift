/// What has to be with the broker, confirmed, before a delivery may be acknowledged.
struct FollowUps: Sendable {
  /// A message of code (it passes through the send side of the chain) or a ready copy.
  enum Item: Sendable {
    case message(OutgoingMessage)
    case copy(Publication)
  }

  private(set) var items: [Item]

  init(_ items: [Item]) { self.items = items }

  /// Everything as it will be published; nil when something has to pass the send side of the chain first.
  var publications: [Publication]? {
    var publications: [Publication] = []
    publications.reserveCapacity(items.count)
    for item in items {
      guard case .copy(let publication) = item else { return nil }
      publications.append(publication)
    }
    return publications
  }

  /// Lets every message pass the send side of the chain; one that cannot stays as it is.
  mutating func prepare(with sender: MessageSender) async {
    for index in items.indices {
      guard case .message(let outgoing) = items[index] else { continue }
      if let publication = try? await sender.publication(for: outgoing) { items[index] = .copy(publication) }
    }
  }

  /// Takes out what is confirmed.
  ///
  /// - Parameter outcomes: One for each item.
  /// - Returns: What went wrong with the first that was not confirmed; nil when all are.
  mutating func settle(_ outcomes: [PublishOutcome]) -> String? {
    var trouble: String?
    var left: [Item] = []
    for (index, item) in items.enumerated() {
      let outcome = index < outcomes.count ? outcomes[index] : .unknown("the broker gave no outcome")
      if outcome.isConfirmed { continue }
      trouble = trouble ?? "the broker answered: \(outcome)"
      left.append(item)
    }
    items = left
    return trouble
  }

  /// Publishes everything that is left in one call.
  ///
  /// - Returns: What went wrong with the first that was not confirmed; nil when all are.
  mutating func publish(with sender: MessageSender) async -> String? {
    var trouble: String?
    var publications: [Publication] = []
    var sent: [Item] = []
    var left: [Item] = []
    for item in items {
      switch item {
      case .copy(let publication):
        publications.append(publication)
        sent.append(item)
      case .message(let outgoing):
        do {
          let publication = try await sender.publication(for: outgoing)
          publications.append(publication)
          // Made once: should it have to be published again, it must be the same message to every layer.
          sent.append(.copy(publication))
        } catch {
          trouble = trouble ?? "it cannot be sent: \(ErrorText(error))"
          left.append(item)
        }
      }
    }
    let outcomes = publications.isEmpty ? [] : await sender.broker.publish(publications)
    items = sent
    let refusal = settle(outcomes)
    items += left
    return trouble ?? refusal
  }
}
