import Logging
import Synchronization

/// The one place that acts on an ``Outcome``. A delivery is acknowledged only after everything that follows from it is
/// with the broker, confirmed; what cannot be published leaves the delivery unacknowledged.
final class Settler: Sendable {
  private struct State {
    /// Past the drain deadline nothing is tried again.
    var isGivingUp = false
    /// Opened when nothing waits any more.
    var idle: [Latch] = []
  }

  /// How long ``calm()`` waits for confirms, in nanoseconds.
  private static let patience: UInt64 = 2_000_000_000
  /// Longer than the connection holds acknowledgements back in order to send them together.
  private static let acknowledgement = Duration.milliseconds(50)

  private let consumption: any Consumption
  private let sender: MessageSender
  private let orphans: Orphans
  private let counters: WorkerCounters
  private let log: WorkerLog
  private let state = Lock(State())
  private let unconfirmed = PendingRuns()

  init(
    consumption: any Consumption, sender: MessageSender, orphans: Orphans, counters: WorkerCounters, log: WorkerLog
  ) {
    self.consumption = consumption
    self.sender = sender
    self.orphans = orphans
    self.counters = counters
    self.log = log
  }

  // MARK: Outcomes

  /// Acts on the outcome of a run. Returns at once: the slot takes its next message while the broker's confirm is awaited.
  ///
  /// - Parameter whenSafe: Called once everything that follows is with the broker; not for what goes back to its queue.
  func settle(
    _ run: Run, _ outcome: Outcome, _ context: MessageContext, whenSafe: (@Sendable () -> Void)? = nil
  ) {
    switch outcome {
    case .requeue:
      // Past the drain deadline the closing channel gives the message back, after everything else.
      if run.interruption != .drainDeadline { settle(run, .requeue, isDone: false) }
    case .done, .skip:
      let followUps = items(context)
      guard followUps.isEmpty else { return publish(followUps, of: run, whenSafe) {} }
      settle(run, .acknowledge, isDone: true)
      whenSafe?()
    case .retry(let delay, _):
      counters.countFailed()
      publish(items(context) + [.message(retry(context, after: delay))], of: run, whenSafe) { [counters] in
        counters.countRetried()
      }
    case .deadLetter(let reason, let error):
      counters.countFailed()
      kill(run, reason, error, context, whenSafe)
    case .failed(let error):
      counters.countFailed()
      kill(run, .rejected, error, context, whenSafe)
    }
  }

  /// Moves a delivery that was not run to the dead-letter queue.
  ///
  /// - Parameters:
  ///   - message: What the body says, when it can be read.
  ///   - whenConfirmed: Called once the copy is safe with the broker.
  func deadLetter(
    _ delivery: Delivery, _ reason: DeadLetterReason, _ error: any Error, message: Message? = nil,
    whenConfirmed: @escaping @Sendable () -> Void = {}
  ) {
    let copy = DeadLetterCopy(
      reason: reason, error: ErrorText(error).description, attempts: message.map { Self.attempts($0) - 1 } ?? 0,
      actor: message?.actorName)
    kill(Run(delivery), copy, id: message?.id, with: [], whenConfirmed: whenConfirmed)
  }

  /// Acknowledges a delivery whose message has been dealt with.
  func acknowledge(_ delivery: Delivery) { settle(Run(delivery), .acknowledge, isDone: false) }

  /// Publishes a copy of a delivery to where it belongs, and then acknowledges the delivery.
  func move(_ delivery: Delivery, to publication: Publication) {
    // Not noted as done should its channel be lost: the copy may be equal to it to the byte, and must run.
    publish(FollowUps([.copy(publication)]), of: Run(delivery), isDone: false, quickly: true) {}
  }

  /// Publishes what follows from a run that has ended.
  private func publish(
    _ items: [FollowUps.Item], of run: Run, _ whenSafe: (@Sendable () -> Void)?, count: @escaping @Sendable () -> Void
  ) {
    publish(FollowUps(items), of: run, isDone: true, quickly: whenSafe == nil) {
      count()
      whenSafe?()
    }
  }

  private func items(_ context: MessageContext) -> [FollowUps.Item] { context.followUps.map { .message($0) } }

  private func retry(_ context: MessageContext, after delay: Duration) -> OutgoingMessage {
    var message = context.message
    // A body may name any queue; unless somebody in the chain chose another one, it goes back to where it came from.
    if message.queueName == context.deliveredMessage.queueName { message.queueName = context.queue }
    return OutgoingMessage(message: message, delay: delay > .zero ? delay : nil)
  }

  private func kill(
    _ run: Run, _ reason: DeadLetterReason, _ error: any Error, _ context: MessageContext,
    _ whenSafe: (@Sendable () -> Void)?
  ) {
    let wasRun = reason != .maxAge && reason != .crashed
    let attempts = context.attempt - (wasRun ? 0 : 1)
    let copy = DeadLetterCopy(
      reason: reason, error: ErrorText(error).description, attempts: attempts, actor: context.actor.name)
    let isOnPurpose = reason == .rejected && context.actor.options.throwsOnPurpose(error)
    kill(run, copy, id: context.deliveredMessage.id, with: items(context), isOnPurpose: isOnPurpose) { whenSafe?() }
  }

  private func kill(
    _ run: Run, _ copy: DeadLetterCopy, id: String?, with followUps: [FollowUps.Item], isOnPurpose: Bool = false,
    whenConfirmed: @escaping @Sendable () -> Void
  ) {
    let publication = copy.publication(of: run.delivery)
    // Not noted as done should its channel be lost: put back from the dead-letter queue it would be equal to the byte.
    publish(FollowUps(followUps + [.copy(publication)]), of: run, isDone: false, quickly: false) { [counters, log] in
      counters.countDead()
      log.deadLetter(copy, run.delivery, id: id, isOnPurpose: isOnPurpose)
      whenConfirmed()
    }
  }

  private static func attempts(_ message: Message) -> Int {
    let retries = max(message.options.integer("retries") ?? 0, 0)
    return Int(clamping: retries == .max ? retries : retries + 1)
  }

  // MARK: Settling

  /// Settles by the delivery's receipt, or by that of its redelivery when its channel was lost.
  private func settle(_ run: Run, _ settlement: Settlement, isDone: Bool) {
    if !run.isOrphan {
      if consumption.settle(run.delivery.receipt, settlement) { return }
      counters.countStale()
    }
    while let receipt = orphans.finish(run, isDone: isDone) {
      if consumption.settle(receipt, settlement) { return orphans.forget(run) }
      counters.countStale()
    }
  }

  // MARK: Publishing

  /// - Parameter quickly: Whether `whenConfirmed` returns at once, so that the broker's own thread may call it.
  private func publish(
    _ followUps: FollowUps, of run: Run, isDone: Bool, quickly: Bool, whenConfirmed: @escaping @Sendable () -> Void
  ) {
    unconfirmed.insert(run)
    var followUps = followUps
    guard quickly, orphans.canSettle(run), let publications = followUps.publicationsAtOnce(with: sender) else {
      return publishPatiently(followUps, of: run, isDone: isDone, after: nil, whenConfirmed)
    }
    let isTaken = sender.broker.publish(publications) { [self, followUps] outcomes in
      var followUps = followUps
      guard let trouble = followUps.settle(outcomes) else { return end(run, isDone: isDone, whenConfirmed) }
      publishPatiently(followUps, of: run, isDone: isDone, after: trouble, whenConfirmed)
    }
    if !isTaken { publishPatiently(followUps, of: run, isDone: isDone, after: nil, whenConfirmed) }
  }

  private func publishPatiently(
    _ followUps: FollowUps, of run: Run, isDone: Bool, after trouble: String?,
    _ whenConfirmed: @escaping @Sendable () -> Void
  ) {
    Task {
      if await publishAll(followUps, of: run, after: trouble) {
        end(run, isDone: isDone, whenConfirmed)
      } else {
        if run.isOrphan { _ = orphans.finish(run, isDone: false) }
        forget(run)
      }
    }
  }

  /// Everything is with the broker: the delivery may be acknowledged.
  private func end(_ run: Run, isDone: Bool, _ whenConfirmed: () -> Void) {
    whenConfirmed()
    settle(run, .acknowledge, isDone: isDone)
    forget(run)
  }

  private func forget(_ run: Run) {
    guard unconfirmed.remove(run) else { return }
    let idle = state.withLock { state in
      defer { state.idle = [] }
      return state.idle
    }
    for latch in idle { latch.open() }
  }

  /// Publishes until everything is confirmed or there is no more use in it.
  ///
  /// - Parameter failure: What went wrong with a first try, if there was one.
  private func publishAll(_ followUps: FollowUps, of run: Run, after failure: String?) async -> Bool {
    var followUps = followUps
    var failure = failure
    var pause = Duration.milliseconds(100)
    var attempt = 0
    while true {
      // While the delivery's channel is lost the message may be running elsewhere: what follows from it is held back
      // until it has been delivered again, to this process.
      if failure != nil || orphans.canSettle(run) {
        let trouble = if let failure { failure } else { await followUps.publish(with: sender) }
        guard let trouble else { return true }
        failure = nil
        attempt += 1
        log.notConfirmed(trouble, run.delivery, attempt: attempt, left: followUps.items.count)
      }
      if state.withLock({ $0.isGivingUp }) { return false }
      try? await Task.sleep(for: pause * Double.random(in: 0.5...1))
      pause = min(pause * 2, .seconds(5))
      if state.withLock({ $0.isGivingUp }) { return false }
    }
  }

  // MARK: The worker's view

  /// The runs whose settlement waits for confirms.
  var pending: [Run] { unconfirmed.all }

  /// Waits until no settlement waits for confirms.
  ///
  /// - Returns: Whether that came before the deadline.
  func idle(until deadline: UInt64) async -> Bool {
    let latch = Latch()
    // Before looking: the last one may end meanwhile, and must find the latch.
    state.withLock { $0.idle.append(latch) }
    // Those whose channel is lost can only go on after a redelivery, and none comes while the worker stops.
    return unconfirmed.all.allSatisfy(\.isOrphan) ? true : await latch.wait(until: deadline)
  }

  /// Waits until what has been run is out of harm's way, as far as that takes only a moment: the next message may end
  /// the process, and what is not acknowledged by then comes again.
  func calm() async {
    _ = await idle(until: MonotonicClock.now.addingSaturating(Self.patience))
    try? await Task.sleep(for: Self.acknowledgement)
  }

  /// Lets go of what has not been confirmed: its deliveries stay unacknowledged and come again.
  func giveUp() { state.withLock { $0.isGivingUp = true } }
}
