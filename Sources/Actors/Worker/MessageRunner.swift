import Logging

/// Takes a delivery from its bytes to its settlement: the per-message path.
final class MessageRunner: Sendable {
  /// How far in the future a message must be due to be sent on into the delay ladder instead of being run, in
  /// milliseconds.
  private static let patience: Int64 = 20

  private let actors: [String: RegisteredActor]
  private let registry: ActorRegistry
  private let chain: MiddlewareChain
  /// The same layers around an actor that has just run past its limit; decides what becomes of a message whose run
  /// does not end.
  private let overrunChain: MiddlewareChain
  private let limits: DecodingLimits
  private let inbox: Inbox
  private let settler: Settler
  private let orphans: Orphans
  private let counters: WorkerCounters
  private let stateFile: WorkerStateFile?
  private let ledger: CrashLedger?
  private let log: WorkerLog
  private let onProcessed: @Sendable (_ count: UInt64) -> Void

  /// - Parameter onProcessed: Called after every run with the number of runs so far.
  init(
    system: ActorSystem, actors: [RegisteredActor], limits: DecodingLimits, inbox: Inbox, settler: Settler,
    orphans: Orphans,
    counters: WorkerCounters, stateFile: WorkerStateFile?, ledger: CrashLedger?, log: WorkerLog,
    onProcessed: @escaping @Sendable (_ count: UInt64) -> Void
  ) {
    registry = system.registry
    self.actors = Dictionary(uniqueKeysWithValues: actors.map { ($0.definition.name, $0) })
    chain = MiddlewareChain(system.middleware, terminal: Self.perform)
    overrunChain = MiddlewareChain(system.middleware) { _ in .failed(TimeLimitExceeded()) }
    self.limits = limits
    self.inbox = inbox
    self.settler = settler
    self.orphans = orphans
    self.counters = counters
    self.stateFile = stateFile
    self.ledger = ledger
    self.log = log
    self.onProcessed = onProcessed
  }

  /// The innermost layer: runs the actor.
  @Sendable private static func perform(_ context: MessageContext) async -> Outcome {
    do {
      return .done(try await context.actor.perform(context))
    } catch {
      // What an interrupted actor throws is the interruption, in whatever clothes.
      switch context.interruption {
      case .timeLimit: return .failed(TimeLimitExceeded())
      case .shutdown: return .failed(Shutdown())
      case .drainDeadline: return .requeue
      case nil: break
      }
      return error is InvalidArguments ? .deadLetter(.invalidArguments, error: error) : .failed(error)
    }
  }

  // MARK: A message

  /// Runs one delivery.
  ///
  /// - Returns: Whether the slot goes on.
  func run(_ assignment: Inbox.Assignment, in slot: Slot) async -> Slot.Fate {
    let delivery = assignment.delivery
    if delivery.redelivered, !assignment.isAlone, isReunited(delivery) { return .goesOn }
    let message: Message
    switch read(delivery) {
    case .success(let read): message = read
    case .failure(let refusal):
      settler.deadLetter(delivery, refusal.reason, refusal.error)
      return .goesOn
    }
    guard let actor = actors[message.actorName] else {
      let text = "no actor named \(Excerpt(message.actorName)) is registered in this worker"
      settler.deadLetter(delivery, .actorNotFound, ActorSystemError(.actorNotFound, text), message: message)
      return .goesOn
    }
    if !message.options.isEmpty, message.options.contains("eta"), isSentOn(delivery, message) { return .goesOn }
    if delivery.redelivered, let ledger, isHeldBack(assignment, message, ledger) { return .goesOn }
    if assignment.isAlone { await settler.calm() }
    return await run(message, of: actor, assignment, in: slot)
  }

  private func run(
    _ message: Message, of actor: RegisteredActor, _ assignment: Inbox.Assignment, in slot: Slot
  ) async -> Slot.Fate {
    let delivery = assignment.delivery
    let run = Run(delivery, slot: slot)
    let context = MessageContext(
      message: message, queue: delivery.queue, redelivered: delivery.redelivered, actor: actor.definition,
      registry: registry, run: run)
    if message.options.contains("eta") { context.options["eta"] = nil }
    if let stateFile { stateFile.begin(slot.index, key: MessageKey.key(of: message)) }
    actor.recordStart(of: message)
    slot.begin(Slot.Running(run: run, context: context, assignment: assignment))
    let outcome = await MessageContext.$current.withValue(context) { await chain.process(context) }
    let fate = slot.finish()
    stateFile?.end(slot.index)
    actor.record(outcome, nanoseconds: MonotonicClock.now &- context.startedAt)
    // A run that was given up at its hard limit has been settled already.
    if run.claim() {
      settler.settle(run, outcome, context, whenSafe: clearing(message, of: assignment))
      onProcessed(counters.countProcessed() + 1)
    }
    return fate
  }

  /// Settles a message whose run does not end, as if it had ended with ``TimeLimitExceeded`` just now.
  ///
  /// - Returns: False when it did end, just before.
  func settleWithoutRun(_ running: Slot.Running) async -> Bool {
    guard running.run.claim() else { return false }
    let context = MessageContext(
      message: running.context.deliveredMessage, queue: running.context.queue, redelivered: running.context.redelivered,
      actor: running.context.actor, registry: registry)
    context.options["eta"] = nil
    settler.settle(
      running.run, await overrunChain.process(context), context,
      whenSafe: clearing(running.context.deliveredMessage, of: running.assignment))
    onProcessed(counters.countProcessed() + 1)
    return true
  }

  // MARK: Before the run

  private struct Refusal: Error {
    let reason: DeadLetterReason
    let error: any Error
  }

  private func read(_ delivery: Delivery) -> Result<Message, Refusal> {
    guard case .bytes(let body) = delivery.body, body.count <= limits.maxBodySize else {
      let text = "the body has \(delivery.body.count) bytes, the limit is \(limits.maxBodySize)"
      return .failure(Refusal(reason: .tooLarge, error: RefusedMessage(description: text)))
    }
    if let encoding = delivery.properties.contentEncoding, !Self.isPlain(encoding) {
      let text = "content-encoding is \(Excerpt(encoding)); bodies must not be compressed"
      return .failure(Refusal(reason: .invalidMessage, error: RefusedMessage(description: text)))
    }
    do throws(MessageDecodingError) {
      return .success(try Message(decoding: body, limits: limits))
    } catch {
      return .failure(Refusal(reason: error.code == .tooLarge ? .tooLarge : .invalidMessage, error: error))
    }
  }

  /// Several clients name the character set here.
  private static func isPlain(_ encoding: String) -> Bool {
    switch encoding.lowercased() {
    case "", "identity", "utf-8", "utf8", "us-ascii", "ascii", "binary", "8bit": true
    default: false
    }
  }

  /// Whether a redelivery is of a message that runs here, or has run here, already.
  private func isReunited(_ delivery: Delivery) -> Bool {
    counters.countRedelivered()
    switch orphans.claim(delivery) {
    case .unknown: return false
    case .attached: break
    case .finished: settler.acknowledge(delivery)
    }
    counters.countReunited()
    return true
  }

  /// Whether a message is due later and was sent on into the delay ladder.
  private func isSentOn(_ delivery: Delivery, _ message: Message) -> Bool {
    guard let wait = DueTime.wait(of: message, { log.strangeETA(message, queue: delivery.queue) }),
      wait > Self.patience
    else { return false }
    settler.move(
      delivery,
      to: Publication(
        route: .delayed(queue: delivery.queue, by: .milliseconds(wait)), body: delivery.body,
        properties: delivery.properties))
    return true
  }

  /// Whether the crash ledger forbids to run a message here and now.
  private func isHeldBack(_ assignment: Inbox.Assignment, _ message: Message, _ ledger: CrashLedger) -> Bool {
    let key = MessageKey.key(of: message)
    do { try ledger.countCrashes(with: key) } catch { log.ledgerTrouble(error) }
    switch ledger.verdict(of: key) {
    case .clear:
      return false
    case .suspect(let crashes):
      if assignment.isAlone { return false }
      log.suspect(message, queue: assignment.delivery.queue, crashes: crashes)
      inbox.setAside(assignment.delivery)
      return true
    case .condemned(let crashes):
      counters.countQuarantined()
      let text = "the message was running in \(crashes) crashes of its process"
      // Put back by hand from the dead-letter queue, it gets a fresh start; but not before it is there: should another
      // message end the process first, this one comes again and must still be known.
      settler.deadLetter(
        assignment.delivery, .crashed, RefusedMessage(description: text), message: message,
        whenConfirmed: { [log] in do { try ledger.park(key) } catch { log.ledgerTrouble(error) } })
      return true
    }
  }

  /// Clears a suspect once what follows from its run is safe: should the process end before, it is a suspect still.
  private func clearing(_ message: Message, of assignment: Inbox.Assignment) -> (@Sendable () -> Void)? {
    guard assignment.isAlone else { return nil }
    return { [self] in clear(message) }
  }

  private func clear(_ message: Message) {
    do { try ledger?.clear(MessageKey.key(of: message)) } catch { log.ledgerTrouble(error) }
  }
}
