import Synchronization

/// What the broker delivers into: the inbox, and the record of what was running when a channel was lost.
final class WorkerSink: DeliverySink {
  private let inbox: Inbox
  private let orphans: Orphans
  /// What runs or waits for its settlement; known once there are slots.
  private let unsettled = Lock<(@Sendable () -> [Run])?>(nil)

  init(inbox: Inbox, orphans: Orphans) {
    self.inbox = inbox
    self.orphans = orphans
  }

  func setUnsettled(_ body: (@Sendable () -> [Run])?) { unsettled.withLock { $0 = body } }

  func deliver(_ batch: [Delivery]) { inbox.deliver(batch) }

  func revoke(generation: UInt32) {
    inbox.revoke(generation: generation)
    if let body = unsettled.withLock({ $0 }) { orphans.adopt(body(), of: generation) }
  }
}
