import Synchronization

/// One delivery on its way through the worker, from a slot's hands to its settlement.
final class Run: MessageRun {
  /// What came.
  let delivery: Delivery
  private let slot: Slot?
  private let interrupted = Atomic<UInt8>(0)
  private let shutdownWanted = Atomic(false)
  private let claimed = Atomic(false)
  private let orphaned = Atomic(false)

  /// - Parameter slot: Where it runs; nil for what is settled without having run.
  init(_ delivery: Delivery, slot: Slot? = nil) {
    self.delivery = delivery
    self.slot = slot
  }

  /// Takes the right to settle. A run that went past its hard limit is settled without it, and then ends for nothing.
  ///
  /// - Returns: Whether the caller has the right now; true once.
  func claim() -> Bool { !claimed.exchange(true, ordering: .acquiringAndReleasing) }

  /// Whether the delivery's channel was lost before it was settled, see ``Orphans``.
  var isOrphan: Bool {
    get { orphaned.load(ordering: .acquiring) }
    set { orphaned.store(newValue, ordering: .releasing) }
  }

  /// Whether the run asked to be told when the worker begins to stop.
  var wantsShutdown: Bool { shutdownWanted.load(ordering: .relaxed) }

  /// Notes why the run is cut short; the first reason stays.
  func noteInterruption(_ reason: Interruption) {
    _ = interrupted.compareExchange(expected: 0, desired: Self.code(reason), ordering: .acquiringAndReleasing)
  }

  // MARK: MessageRun

  func setTimeLimit(_ limit: Duration?, grace: Duration, hardLimit: Duration) {
    // A context may outlive its run; the limit of the slot's next message is none of its business.
    guard let slot, !claimed.load(ordering: .relaxed) else { return }
    if let limit {
      slot.arm(limit, grace: grace, hardLimit: hardLimit)
    } else {
      slot.disarm()
    }
  }

  func notifyOnShutdown() { shutdownWanted.store(true, ordering: .relaxed) }

  var interruption: Interruption? {
    switch interrupted.load(ordering: .acquiring) {
    case Self.code(.timeLimit): .timeLimit
    case Self.code(.shutdown): .shutdown
    case Self.code(.drainDeadline): .drainDeadline
    default: nil
    }
  }

  private static func code(_ reason: Interruption) -> UInt8 {
    switch reason {
    case .timeLimit: 1
    case .shutdown: 2
    case .drainDeadline: 3
    }
  }
}
