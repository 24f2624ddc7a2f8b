import Glibc
import Logging
import Synchronization

/// The moving parts of one run of a ``Worker``: it starts them in order, drains them, and closes them in reverse.
final class WorkerEngine: Sendable {
  /// How long past the drain deadline interrupted messages may take to unwind.
  private static let unwinding: UInt64 = 500_000_000
  /// How long, past the drain deadline, closing everything may take altogether.
  private static let closing: UInt64 = 4_000_000_000
  /// Between two publications of the figures.
  private static let publicationInterval: UInt64 = 1_000_000_000

  let stateFile: WorkerStateFile?
  let figuresFile: FiguresFile?
  /// The actors, with what is counted of them.
  let actors: [RegisteredActor]
  /// The layers that have something to say of themselves.
  let reporters: [any ReportingMiddleware]
  let broker: any Broker
  private let system: ActorSystem
  private let configuration: WorkerConfiguration
  private let order: StopOrder
  private let log: WorkerLog
  private let sender: MessageSender
  private let queues: [QueueDeclaration]
  private let ledger: CrashLedger?
  private let counters = WorkerCounters()
  private let orphans = Orphans()
  private let transfers = TransferLane()
  private let inbox: Inbox
  private let executor: ThreadPoolExecutor
  private let slots: Slots
  private let state = Lock(State())

  private struct State {
    var consumption: (any Consumption)?
    var settler: Settler?
    /// How many layers of the chain have started.
    var started = 0
    /// The layer that is starting.
    var opening: Task<Void, any Error>?
  }

  /// - Throws: ``ActorSystemError``, `StateDirectoryError`.
  init(
    _ system: ActorSystem, _ configuration: WorkerConfiguration, _ order: StopOrder, _ logger: Logger
  ) throws {
    self.system = system
    self.configuration = configuration
    self.order = order
    log = WorkerLog(logger)
    let names = configuration.queues ?? system.registry.queues
    guard !names.isEmpty else {
      throw ActorSystemError(.invalidConfiguration, "no actor is registered, so there is no queue to consume")
    }
    queues = names.map { system.declaration(of: $0) }
    broker = try system.broker.make(logger)
    sender = try MessageSender(system, broker: broker)
    (stateFile, ledger) = try Self.openState(configuration, log)
    actors = system.registry.actors.map { RegisteredActor($0) }
    reporters = system.middleware.layers.compactMap { $0 as? any ReportingMiddleware }
    figuresFile = try Self.openFigures(configuration, actors: actors.count)
    let priorities = system.registry.actors.filter { $0.options.priority != 0 }.map { ($0.name, $0.options.priority) }
    inbox = Inbox(queues: names, priorities: Dictionary(uniqueKeysWithValues: priorities), transfers: transfers)
    let cores = max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1)
    executor = ThreadPoolExecutor(threads: configuration.threads ?? max(8, cores), source: inbox)
    inbox.attach(executor)
    slots = Slots(concurrency: configuration.concurrency, executor: executor)
  }

  private static func openState(
    _ configuration: WorkerConfiguration, _ log: WorkerLog
  ) throws -> (WorkerStateFile?, CrashLedger?) {
    guard let directory = configuration.stateDirectory else { return (nil, nil) }
    if mkdir(directory, 0o700) != 0, errno != EEXIST { throw StateDirectoryError("create", directory) }
    let ledger = CrashLedger(directory: directory)
    let path = WorkerStateFile.path(in: directory, slot: configuration.slot)
    // With a supervisor this is its business: it also knows how the process ended.
    if !configuration.isSupervised, let leftover = WorkerStateFile.readLeftover(path: path) {
      if !leftover.running.isEmpty {
        log.logger.warning("the process before this one crashed while it ran \(leftover.running.count) messages")
      }
      try ledger.recordCrash(of: leftover.running, life: leftover.life)
    }
    let entries = Slots.entryCount(concurrency: configuration.concurrency)
    return (try WorkerStateFile(path: path, slotCount: entries), ledger)
  }

  private static func openFigures(_ configuration: WorkerConfiguration, actors: Int) throws -> FiguresFile? {
    guard let directory = configuration.stateDirectory else { return nil }
    // An actor's histogram and outcomes are about a kilobyte.
    let capacity = 64 * 1_024 + actors * 2 * 1_024
    return try FiguresFile(path: FiguresFile.path(in: directory, slot: configuration.slot), capacity: capacity)
  }

  // MARK: Start

  /// Opens what the middleware needs, then consumes.
  ///
  /// - Throws: What a layer threw, or what the broker says against the request; what had started needs ``close()``.
  func start() async throws {
    let context = workerContext
    Task { [order, weak self] in
      await order.given.wait()
      self?.state.withLock { $0.opening }?.cancel()
    }
    for layer in system.middleware.layers {
      if order.given.isOpen { return }
      do { try await open(layer, context) } catch is CancellationError where order.given.isOpen { return }
      state.withLock { $0.started += 1 }
    }
    let sink = WorkerSink(inbox: inbox, orphans: orphans, executor: executor)
    let request = ConsumeRequest(
      queues: queues, prefetch: configuration.effectivePrefetch, readsAhead: configuration.prefetch == nil,
      maxBodySize: configuration.limits.maxBodySize)
    let consumption = try broker.consume(request, into: sink)
    let settler = Settler(
      consumption: consumption, sender: sender, orphans: orphans, counters: counters, log: log)
    sink.setUnsettled { [slots] in slots.running.map(\.run) + settler.pending }
    state.withLock { state in
      state.consumption = consumption
      state.settler = settler
    }
    startSlots(settler)
    await sender.withBound { for layer in system.middleware.layers { await layer.workerDidStart(context) } }
    let names = queues.map(\.name).joined(separator: ", ")
    log.logger.info(
      "worker started", metadata: ["queues": "\(names)", "concurrency": "\(configuration.concurrency)"])
  }

  /// Starts a layer, which may have to wait for something; an order to stop ends the wait.
  private func open(_ layer: any Middleware, _ context: WorkerContext) async throws {
    let opening = Task { [sender] in try await sender.withBound { try await layer.workerWillStart(context) } }
    state.withLock { $0.opening = opening }
    defer { state.withLock { $0.opening = nil } }
    // The order may have come before there was anything to cancel.
    if order.given.isOpen { opening.cancel() }
    try await opening.value
  }

  private var workerContext: WorkerContext {
    WorkerContext(logger: log.logger, concurrency: configuration.concurrency, queues: queues.map(\.name)) {
      [weak self] in self?.slots.interrupt(.shutdown, where: \.wantsShutdown)
    }
  }

  private func startSlots(_ settler: Settler) {
    let maxTasks = configuration.maxTasks.map { UInt64($0) } ?? .max
    let runner = MessageRunner(
      system: system, actors: actors, limits: configuration.limits, inbox: inbox, settler: settler, orphans: orphans,
      counters: counters, stateFile: stateFile, ledger: ledger, log: log,
      onProcessed: { [order] count in if count >= maxTasks { order.give(.drained) } })
    let alarms = Slots.Alarms(
      stuck: { [inbox, counters, log] running in
        counters.countStuck()
        // The run no longer counts as busy: neither the drain nor a message that has to run alone waits for it.
        inbox.release(running.assignment)
        log.stuck(running)
      },
      abandoned: { [order, log] running in
        log.abandoned(running)
        Task {
          if await runner.settleWithoutRun(running) { order.give(.stuck) }
        }
      })
    slots.start(alarms: alarms) { [inbox, slots, executor, sender] slot in
      // Bound once for the life of the task, not for every message.
      await MessageSender.$bound.withValue(sender) {
        await Self.work(slot, inbox, runner, slots, executor)
      }
    }
    let drain = DelayQueueDrain(lane: transfers, settler: settler, limits: configuration.limits, log: log)
    Task { await drain.run() }
  }

  private static func work(
    _ slot: Slot, _ inbox: Inbox, _ runner: MessageRunner, _ slots: Slots, _ executor: ThreadPoolExecutor
  ) async {
    var done: Inbox.Assignment?
    while let assignment = await inbox.take(after: done) {
      switch await runner.run(assignment, in: slot) {
      case .goesOn:
        done = assignment
      case .doomed:
        slots.renew(slot)
        return inbox.release(assignment)
      case .replaced:
        return slots.retire(slot)
      }
      // A slot that always finds a message never suspends by itself.
      if executor.hasReadyJobs { await Task.yield() }
    }
  }

  // MARK: Stop

  /// Takes no new message, and waits for the running ones until the drain deadline.
  ///
  /// - Returns: Whether all of them ended, and were settled, in time.
  func drain() async -> Bool {
    inbox.close()
    let context = workerContext
    let (settler, consumption, started) = state.withLock { ($0.settler, $0.consumption, $0.started) }
    await untilDeadline { [system, sender] in
      let layers = system.middleware.layers.prefix(started)
      await sender.withBound { for layer in layers { await layer.workerWillStop(context) } }
    }
    guard let settler, let consumption else { return true }
    await untilDeadline { await consumption.cancel() }
    await untilDeadline { [inbox] in await inbox.idle.wait() }
    var isDrained = inbox.idle.isOpen
    if isDrained { isDrained = await settler.idle(until: order.deadline) }
    if !isDrained { await interrupt(settler) }
    return isDrained
  }

  /// Waits for `body` until the drain deadline, which may still be cut while this waits.
  private func untilDeadline(_ body: @escaping @Sendable () async -> Void) async {
    let end = Latch()
    order.openWhenCut(end)
    Task {
      await body()
      end.open()
    }
    await end.wait(until: order.deadline)
  }

  /// The drain deadline has passed: what still runs is cancelled, and what it held comes back to its queue.
  private func interrupt(_ settler: Settler) async {
    settler.giveUp()
    let running = slots.running
    log.logger.error(
      "the drain deadline passed: running messages are cancelled and go back to their queues",
      metadata: ["running": "\(running.count)"])
    slots.interrupt(.drainDeadline) { _ in true }
    await inbox.idle.wait(until: MonotonicClock.now.addingSaturating(Self.unwinding))
  }

  /// Closes everything that was opened, each part with what is left of the time.
  func close() async {
    inbox.close()
    let end = min(order.deadline, MonotonicClock.now.addingSaturating(configuration.drainTimeout.nanoseconds))
      .addingSaturating(Self.closing)
    let context = workerContext
    let (consumption, started) = state.withLock { ($0.consumption, $0.started) }
    if let consumption { await bounded(until: end) { await consumption.close() } }
    slots.stop()
    await bounded(until: end) { [system, sender] in
      let layers = system.middleware.layers.prefix(started).reversed()
      await sender.withBound { for layer in layers { await layer.workerDidStop(context) } }
    }
    await bounded(until: end) { [broker] in await broker.close() }
    executor.close()
    inbox.attach(nil)
  }

  // MARK: Figures

  private let hasConsumed = Atomic(false)
  /// Whether every queue has had a consumer before.
  var wasConsuming: Bool { hasConsumed.load(ordering: .relaxed) }
  /// Notes that the worker has consumed.
  func noteConsuming() { hasConsumed.store(true, ordering: .relaxed) }

  /// What consumes; nil before the start.
  var consumption: (any Consumption)? { state.withLock { $0.consumption } }
  /// The counts of now.
  var figures: WorkerSnapshot.Counters { counters.snapshot(running: inbox.busy) }
  /// How many messages were put aside because they end processes.
  var quarantinedCount: UInt64 { counters.quarantinedCount }
  /// How many slots are taken by runs that do not end.
  var stuckCount: Int { slots.stuckCount }
  /// How many messages may run at once.
  var concurrency: Int { configuration.concurrency }

  private let lastBeat = Atomic<UInt64>(0)

  /// How long ago the last beat was; nil before the first.
  var heartbeatAge: Duration? {
    let last = lastBeat.load(ordering: .relaxed)
    return last == 0 ? nil : .nanoseconds(Int64(clamping: MonotonicClock.now &- last))
  }

  private let lastPublication = Atomic<UInt64>(0)

  /// Notes a beat, and brings the gauges and the published figures up to date.
  func beat(_ figures: WorkerSnapshot.Counters) {
    let now = MonotonicClock.now
    lastBeat.store(now, ordering: .relaxed)
    counters.report(figures, stuck: slots.stuckCount, concurrency: configuration.concurrency)
    if now &- lastPublication.load(ordering: .relaxed) >= Self.publicationInterval {
      lastPublication.store(now, ordering: .relaxed)
      publishFigures()
    }
  }

  private let isFiguresTroubleKnown = Atomic(false)

  /// Says once that the figures do not fit their file.
  func noteFiguresTooLarge(_ count: Int) {
    guard !isFiguresTroubleKnown.exchange(true, ordering: .relaxed) else { return }
    log.logger.warning(
      "the figures of this worker do not fit their file; the fleet's health port shows older ones",
      metadata: ["bytes": "\(count)"])
  }
}
