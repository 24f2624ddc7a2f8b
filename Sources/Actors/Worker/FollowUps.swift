/// What has to be with the broker, confirmed, before a delivery may be acknowledged.
struct FollowUps: Sendable {
  /// A message of code (it passes through the send side of the chain) or a ready copy.
  enum Item: Sendable {
    case message(OutgoingMessage)
    case copy(Publication)
  }

  private(set) var items: [Item]

  init(_ items: [Item]) { self.items = items }

  /// Everything as it will be published, made without waiting for anybody.
  ///
  /// - Returns: nil when that cannot be: a layer has to be asked first, or a message cannot be sent at all. Then
  ///   ``publish(with:)`` does it, or says what is wrong.
  mutating func publicationsAtOnce(with sender: MessageSender) -> [Publication]? {
    var publications: [Publication] = []
    publications.reserveCapacity(items.count)
    for index in items.indices {
      switch items[index] {
      case .copy(let publication): publications.append(publication)
      case .message(let outgoing):
        guard let publication = try? sender.publicationAtOnce(for: outgoing) else { return nil }
        items[index] = .copy(publication)
        publications.append(publication)
      }
    }
    return publications
  }

  /// Takes out what is confirmed.
  ///
  /// - Parameter outcomes: One for each item.
  /// - Returns: What went wrong with the first that was not confirmed; nil when all are.
  mutating func settle(_ outcomes: [PublishOutcome]) -> String? {
    if outcomes.count == items.count, outcomes.allSatisfy(\.isConfirmed) {
      items = []
      return nil
    }
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
