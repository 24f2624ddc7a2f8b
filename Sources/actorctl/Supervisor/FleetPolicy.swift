/// What the supervisor does about its worker processes: a state machine that knows no process, no clock and no file. It
/// is told what happened and when, and answers with what to do.
///
/// A *position* is one of the N places of the fleet; a *child* is one process. A position outlives its children. During
/// a reload a position has two: the old one goes on until the new one consumes.
struct FleetPolicy: ~Copyable {
  /// Names a child; never used again.
  struct ChildID: Sendable, Hashable, Comparable {
    let number: Int
    static func < (left: ChildID, right: ChildID) -> Bool { left.number < right.number }
  }

  /// What to do, in the order given.
  enum Action: Sendable, Hashable {
    /// Start a process that uses the state file of this slot.
    case start(ChildID, slot: Int)
    /// Ask a child to drain; a second time, to leave at once.
    case terminate(ChildID)
    /// Kill a child.
    case kill(ChildID)
    /// These messages were running when a process crashed: they are suspect. The life names the process.
    case recordCrash(of: [String], life: UInt64 = 0)
    /// Build the product anew, then tell ``buildEnded(_:now:)``.
    case build
    /// Say it in the log.
    case note(FleetEvent)
    /// All is over; leave with this code.
    case finish(Int32)
  }

  struct Child {
    let position: Int
    let slot: Int
    let startedAt: Duration
    var isReady = false
    var timesAsked = 0
    var isKilled = false
    /// When it is killed unless it has left.
    var killAt: Duration?
  }

  struct Position {
    var child: ChildID?
    var restartAt: Duration?
    var backoffLevel = 0
    var restarts = 0
  }

  enum Phase: Hashable {
    case running
    case stopping(code: Int32?)
    case finished
  }

  enum Reload: Hashable {
    case none
    case building
    /// A new process of this position starts; trusted without a sign of readiness at `trustAt`.
    case starting(position: Int, candidate: ChildID, trustAt: Duration)
    /// The old process of this position drains.
    case draining(position: Int, old: ChildID)
  }

  let settings: FleetSettings
  /// Whether a reload builds first.
  let builds: Bool
  var children: [ChildID: Child] = [:]
  var positions: [Position]
  var phase = Phase.running
  var reload = Reload.none
  var isReloadPending = false
  var wasEverReady = false
  private var nextNumber = 0
  private var worstCode: Int32 = 0
  private var actions: [Action] = []

  init(_ settings: FleetSettings, builds: Bool = false) {
    self.settings = settings
    self.builds = builds
    positions = Array(repeating: Position(), count: settings.processes)
  }

  /// Whether the fleet is being stopped.
  var isStopping: Bool { phase != .running }

  /// When ``tick(now:)`` has something to do, if it has.
  var nextDeadline: Duration? {
    var deadlines = children.values.compactMap(\.killAt)
    if phase == .running { deadlines += positions.compactMap(\.restartAt) }
    if case .starting(_, _, let trustAt) = reload { deadlines.append(trustAt) }
    return deadlines.min()
  }

  // MARK: What happens

  /// The fleet begins.
  mutating func start(now: Duration) -> [Action] {
    for index in positions.indices { launch(index, now: now) }
    return takeActions()
  }

  /// A child consumes, or runs long enough without a way to tell.
  mutating func childReady(_ id: ChildID, now: Duration) -> [Action] {
    guard children[id] != nil else { return [] }
    children[id]?.isReady = true
    wasEverReady = true
    if case .starting(let position, id, _) = reload { takeOver(position, by: id, now: now) }
    return takeActions()
  }

  /// A child has ended.
  ///
  /// - Parameter remains: What its state file shows.
  mutating func childEnded(_ id: ChildID, _ how: Termination, _ remains: Remains, now: Duration) -> [Action] {
    guard let child = children.removeValue(forKey: id) else { return [] }
    if Self.isCrash(how, of: child), !remains.running.isEmpty {
      actions.append(.recordCrash(of: remains.running, life: remains.life))
    }
    actions.append(.note(.ended(slot: child.slot, how, wasAsked: child.timesAsked > 0)))
    switch phase {
    case .running: replace(id, child, how, hasWorked: remains.hasWorked || child.isReady, now: now)
    case .stopping:
      worstCode = Self.worse(worstCode, Self.code(of: how, child, isForced: child.timesAsked > 1))
      finishIfEmpty()
    case .finished: break
    }
    return takeActions()
  }

  /// Somebody asked the fleet to stop: the first time it drains, the second time it leaves at once, then it is killed.
  mutating func stop(now: Duration) -> [Action] {
    switch phase {
    case .running: beginStop(code: nil, reason: .signal, now: now)
    case .stopping: force(now: now)
    case .finished: break
    }
    return takeActions()
  }

  /// Somebody asked for new processes in place of the old.
  mutating func reload(now: Duration) -> [Action] {
    guard phase == .running else { return [] }
    if reload == .none { beginReload(now: now) } else { isReloadPending = true }
    return takeActions()
  }

  /// The build that a reload asked for has ended; with nil it is good.
  mutating func buildEnded(_ failure: String?, now: Duration) -> [Action] {
    guard reload == .building, phase == .running else { return [] }
    if let failure { abortReload(failure, now: now) } else { renew(0, now: now) }
    return takeActions()
  }

  /// Time has passed.
  mutating func tick(now: Duration) -> [Action] {
    for (id, child) in children.sorted(by: { $0.key < $1.key }) {
      if let killAt = child.killAt, killAt <= now { kill(id) }
    }
    if phase == .running {
      for index in positions.indices {
        if let due = positions[index].restartAt, due <= now { launch(index, now: now) }
      }
    }
    if case .starting(let position, let candidate, let trustAt) = reload, trustAt <= now {
      takeOver(position, by: candidate, now: now)
    }
    return takeActions()
  }

  // MARK: Starting

  mutating func launch(_ position: Int, now: Duration) {
    positions[position].restartAt = nil
    positions[position].child = spawn(for: position, now: now)
  }

  mutating func spawn(for position: Int, now: Duration) -> ChildID {
    let used = Set(children.values.map(\.slot))
    var slot = 0
    while used.contains(slot) { slot += 1 }
    let id = ChildID(number: nextNumber)
    nextNumber += 1
    children[id] = Child(position: position, slot: slot, startedAt: now)
    actions.append(.start(id, slot: slot))
    return id
  }

  /// A child of the running fleet has ended: who takes its place?
  private mutating func replace(
    _ id: ChildID, _ child: Child, _ how: Termination, hasWorked: Bool, now: Duration
  ) {
    switch reload {
    case .draining(let position, id):
      return renew(position + 1, now: now)
    case .starting(let position, let candidate, _) where candidate == id && positions[position].child != id:
      return abortReload("the new process ended: \(how)", now: now)
    case .starting(child.position, let candidate, _) where positions[child.position].child == id:
      // The old one died while its successor was starting: there is nothing left to drain.
      positions[child.position].child = candidate
      return renew(child.position + 1, now: now)
    default: break
    }
    guard positions[child.position].child == id else { return }
    positions[child.position].child = nil
    if isHopeless(how, hasWorked: hasWorked) {
      guard case .exited(let code) = how else { return }
      return beginStop(code: code, reason: .hopeless(how), now: now)
    }
    restart(child, how, hasWorked: hasWorked, now: now)
  }

  private mutating func restart(_ child: Child, _ how: Termination, hasWorked: Bool, now: Duration) {
    let age = now - child.startedAt
    let isRecycling = how == .exited(0) && (hasWorked || age >= settings.recycleAfter)
    let position = child.position
    if isRecycling || age >= settings.healthyAfter { positions[position].backoffLevel = 0 }
    positions[position].restarts += 1
    let pause = isRecycling ? .zero : backoff(level: positions[position].backoffLevel)
    if !isRecycling { positions[position].backoffLevel += 1 }
    actions.append(
      .note(.restarting(slot: child.slot, after: pause, restarts: positions[position].restarts)))
    if pause == .zero { launch(position, now: now) } else { positions[position].restartAt = now + pause }
  }

  private func backoff(level: Int) -> Duration {
    min(settings.backoff.lowerBound * (1 << min(level, 20)), settings.backoff.upperBound)
  }

  // MARK: Stopping

  mutating func beginStop(code: Int32?, reason: FleetEvent.StopReason, now: Duration) {
    phase = .stopping(code: code)
    reload = .none
    isReloadPending = false
    for index in positions.indices { positions[index].restartAt = nil }
    actions.append(.note(.stopping(reason: reason)))
    for id in children.keys.sorted() { ask(id, now: now) }
    finishIfEmpty()
  }

  private mutating func force(now: Duration) {
    actions.append(.note(.forcing))
    for id in children.keys.sorted() {
      // A third request, or a second one that went unheard, leaves only the kill.
      if (children[id]?.timesAsked ?? 0) > 1 { kill(id) } else { forceOut(id, now: now) }
    }
  }

  private mutating func forceOut(_ id: ChildID, now: Duration) {
    children[id]?.timesAsked += 1
    children[id]?.killAt = now + settings.forceGrace
    actions.append(.terminate(id))
  }

  /// Asks a child to drain, unless it was asked before: a second signal would cut its messages off.
  mutating func ask(_ id: ChildID, now: Duration) {
    guard let child = children[id], child.timesAsked == 0 else { return }
    children[id]?.timesAsked = 1
    children[id]?.killAt = now + settings.drainTimeout + settings.killGrace
    actions.append(.terminate(id))
  }

  private mutating func kill(_ id: ChildID) {
    guard let child = children[id] else { return }
    if !child.isKilled { actions.append(.note(.killing(slot: child.slot))) }
    children[id]?.isKilled = true
    children[id]?.killAt = nil
    actions.append(.kill(id))
  }

  private mutating func finishIfEmpty() {
    guard case .stopping(let code) = phase, children.isEmpty else { return }
    phase = .finished
    actions.append(.finish(code ?? worstCode))
  }

  // MARK: Shared with the reload

  mutating func act(_ action: Action) { actions.append(action) }

  private mutating func takeActions() -> [Action] {
    defer { actions = [] }
    return actions
  }
}
