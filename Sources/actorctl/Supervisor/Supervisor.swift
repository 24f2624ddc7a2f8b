import Actors
import Glibc
import Logging
import Synchronization
import UnixSignals

/// Keeps a fleet of worker processes: performs what ``FleetPolicy`` decides and tells it what happened.
final class Supervisor: Sendable {
  private enum Event: Sendable {
    case started(FleetPolicy.ChildID, pid_t)
    case ended(FleetPolicy.ChildID, Termination)
    case signal(UnixSignal)
    case built(String?)
    case tick
  }

  private struct Process {
    let slot: Int
    let startedAt: ContinuousClock.Instant
    var pid: pid_t?
    var isReady = false
    /// Signals that came before the process had a pid.
    var pendingSignals: [Int32] = []
  }

  /// How often a starting process is looked at.
  private static let pollInterval: Duration = .milliseconds(100)
  /// A process that has no state file after this time is none of our workers, and taken as it is.
  private static let strangerAfter: Duration = .seconds(2)

  private let settings: FleetSettings
  private let launcher: WorkerLauncher
  private let states: WorkerStates
  private let ledger: CrashLedger
  private let health: FleetHealth
  private let build: (@Sendable () async -> String?)?
  private let logger: Logger
  private let building = Lock<Task<Void, Never>?>(nil)

  /// Makes a supervisor; nothing is started.
  ///
  /// - Parameter build: Builds the product anew for a reload, and says what went wrong; nil when there is nothing to
  /// build.
  init(
    settings: FleetSettings, launcher: WorkerLauncher, states: WorkerStates, health: FleetHealth,
    build: (@Sendable () async -> String?)? = nil, logger: Logger
  ) {
    self.settings = settings
    self.launcher = launcher
    self.states = states
    self.health = health
    self.build = build
    self.logger = logger
    ledger = CrashLedger(directory: states.directory)
  }

  /// Runs the fleet until a signal, or a child that can never run, ends it.
  ///
  /// - Returns: The exit code.
  func run() async -> Int32 {
    states.takeLeftovers { record($0.running, life: $0.life) }
    defer { states.clearAll() }
    let (events, continuation) = AsyncStream<Event>.makeStream()
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
    let listener = Task {
      for await signal in signals { continuation.yield(.signal(signal)) }
    }
    defer { listener.cancel() }
    return await loop(events, continuation)
  }

  private func loop(_ events: AsyncStream<Event>, _ continuation: AsyncStream<Event>.Continuation) async -> Int32 {
    let clock = ContinuousClock()
    let origin = clock.now
    var policy = FleetPolicy(settings, builds: build != nil)
    var processes: [FleetPolicy.ChildID: Process] = [:]
    var timer: Task<Void, Never>?
    defer { timer?.cancel() }
    logger.notice(
      "fleet started", metadata: ["processes": "\(settings.processes)", "executable": "\(launcher.executable)"])
    var code = perform(policy.start(now: .zero), &processes, continuation)
    var iterator = events.makeAsyncIterator()
    while code == nil {
      publish(policy, processes)
      timer?.cancel()
      timer = wake(at: nextWake(policy, processes, origin: origin), continuation)
      guard let event = await iterator.next() else { break }
      let now = clock.now - origin
      for actions in handle(event, &policy, &processes, now: now) {
        code = perform(actions, &processes, continuation) ?? code
      }
    }
    await endBuild()
    logger.notice("fleet stopped", metadata: ["code": "\(code ?? 0)"])
    return code ?? 0
  }

  private func handle(
    _ event: Event, _ policy: inout FleetPolicy, _ processes: inout [FleetPolicy.ChildID: Process], now: Duration
  ) -> [[FleetPolicy.Action]] {
    switch event {
    case .started(let id, let pid):
      processes[id]?.pid = pid
      for signal in processes[id]?.pendingSignals ?? [] { kill(pid, signal) }
      logger.info("worker started", metadata: ["slot": "\(processes[id]?.slot ?? -1)", "worker": "\(pid)"])
      return []
    case .ended(let id, let how):
      let remains = processes[id].map(self.remains(of:)) ?? Remains()
      processes[id] = nil
      return [policy.childEnded(id, how, remains, now: now)]
    case .signal(.sighup): return [policy.reload(now: now)]
    case .signal: return [policy.stop(now: now)]
    case .built(let failure): return [policy.buildEnded(failure, now: now)]
    case .tick:
      let ready = processes.filter { !$0.value.isReady && isReady($0.value) }.keys.sorted()
      for id in ready { processes[id]?.isReady = true }
      return ready.map { policy.childReady($0, now: now) } + [policy.tick(now: now)]
    }
  }

  // MARK: Performing

  private func perform(
    _ actions: [FleetPolicy.Action], _ processes: inout [FleetPolicy.ChildID: Process],
    _ continuation: AsyncStream<Event>.Continuation
  ) -> Int32? {
    var code: Int32?
    for action in actions {
      switch action {
      case .start(let id, let slot):
        states.clear(slot: slot)
        processes[id] = Process(slot: slot, startedAt: .now)
        start(id, slot: slot, continuation)
      case .terminate(let id): send(SIGTERM, to: id, &processes)
      case .kill(let id):
        pardon(processes[id])
        send(SIGKILL, to: id, &processes)
      case .recordCrash(let running, let life): record(running, life: life)
      case .build:
        let build = self.build
        building.withLock { $0 = Task { continuation.yield(.built(await build?())) } }
      case .note(let event): logger.note(event)
      case .finish(let exitCode): code = exitCode
      }
    }
    return code
  }

  private func start(_ id: FleetPolicy.ChildID, slot: Int, _ continuation: AsyncStream<Event>.Continuation) {
    let launcher = self.launcher
    Task {
      let how = await launcher.run(slot: slot) { pid in continuation.yield(.started(id, pid)) }
      continuation.yield(.ended(id, how))
    }
  }

  private func send(
    _ signal: Int32, to id: FleetPolicy.ChildID, _ processes: inout [FleetPolicy.ChildID: Process]
  ) {
    if let pid = processes[id]?.pid {
      kill(pid, signal)
    } else {
      processes[id]?.pendingSignals.append(signal)
    }
  }

  /// A build that nobody waits for any more must not outlive the supervisor.
  private func endBuild() async {
    let task = building.withLock { $0 }
    task?.cancel()
    await task?.value
  }

  private func record(_ running: [String], life: UInt64) {
    guard !running.isEmpty else { return }
    logger.error(
      "messages were running in a process that crashed", metadata: ["messages": .array(running.map { "\($0)" })])
    do { try ledger.recordCrash(of: running, life: life) } catch { logTrouble(error) }
  }

  /// Before we kill a process ourselves: its siblings see a dead one like any other.
  private func pardon(_ process: Process?) {
    guard let process, let pid = process.pid, let snapshot = states.snapshot(slot: process.slot, pid: pid) else {
      return
    }
    do { try ledger.pardon(life: snapshot.life) } catch { logTrouble(error) }
  }

  private func logTrouble(_ error: any Error) {
    logger.error("the crash ledger cannot be written", metadata: ["error": "\(error)"])
  }

  // MARK: Watching

  private func isReady(_ process: Process) -> Bool {
    guard let pid = process.pid else { return false }
    if let snapshot = states.snapshot(slot: process.slot, pid: pid) { return snapshot.state == .consuming }
    return !states.hasFile(slot: process.slot) && process.startedAt.duration(to: .now) >= Self.strangerAfter
  }

  /// Reads the state file of a process that has ended. The file stays until its crash is counted and the slot is used
  /// again: in between a sibling can count it as well.
  private func remains(of process: Process) -> Remains {
    guard let pid = process.pid, let snapshot = states.snapshot(slot: process.slot, pid: pid) else { return Remains() }
    return Remains(
      hasWorked: snapshot.counters.processed > 0, life: snapshot.life,
      running: snapshot.state == .stopped ? [] : snapshot.running)
  }

  private func nextWake(
    _ policy: borrowing FleetPolicy, _ processes: [FleetPolicy.ChildID: Process], origin: ContinuousClock.Instant
  ) -> ContinuousClock.Instant? {
    let due = policy.nextDeadline.map { origin + $0 }
    guard processes.values.contains(where: { !$0.isReady }) else { return due }
    let poll = ContinuousClock.now + Self.pollInterval
    return due.map { min($0, poll) } ?? poll
  }

  private func wake(
    at instant: ContinuousClock.Instant?, _ continuation: AsyncStream<Event>.Continuation
  ) -> Task<Void, Never>? {
    guard let instant else { return nil }
    return Task {
      do { try await Task.sleep(until: instant) } catch { return }
      continuation.yield(.tick)
    }
  }

  private func publish(_ policy: borrowing FleetPolicy, _ processes: [FleetPolicy.ChildID: Process]) {
    var members: [FleetMember] = []
    for index in policy.positions.indices {
      let position = policy.positions[index]
      let process = position.child.flatMap { processes[$0] }
      members.append(FleetMember(slot: process?.slot ?? index, pid: process?.pid, restarts: position.restarts))
    }
    health.update(members, isDraining: policy.isStopping)
  }
}
