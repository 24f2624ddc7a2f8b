import Synchronization

/// What the broker delivers into: the inbox, and the record of what was running when a channel was lost.
final class WorkerSink: AttendingSink {
  private let inbox: Inbox
  private let orphans: Orphans
  /// What runs or waits for its settlement; known once there are slots.
  private let unsettled = Lock<(@Sendable () -> [Run])?>(nil)

  private let executor: ThreadPoolExecutor

  init(inbox: Inbox, orphans: Orphans, executor: ThreadPoolExecutor) {
    self.inbox = inbox
    self.executor = executor
    self.orphans = orphans
  }

  func setUnsettled(_ body: (@Sendable () -> [Run])?) { unsettled.withLock { $0 = body } }

  func attach(_ intake: any DeliveryIntake) { executor.attach(intake) }

  func willAttend() -> Bool { executor.expectAttendance() }

  func deliver(_ batch: [Delivery]) { inbox.deliver(batch) }

  func withdraw(_ tags: Set<UInt64>, of generation: UInt32) -> [Delivery.Receipt] {
    inbox.withdraw(tags, of: generation)
  }

  func revoke(generation: UInt32) {
    inbox.revoke(generation: generation)
    if let body = unsettled.withLock({ $0 }) { orphans.adopt(body(), of: generation) }
  }
}
