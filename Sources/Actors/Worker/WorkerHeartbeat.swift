import Synchronization

/// Gives the worker's signs of life and watches its limits, from the timer's thread: it goes on when every thread that
/// runs actors is blocked.
final class WorkerHeartbeat: DeadlineSource {
  /// Between two beats.
  private static let interval: UInt64 = 250_000_000
  /// Between two looks at the memory.
  private static let memoryInterval: UInt64 = 2_000_000_000

  /// What the heart knows of the worker.
  struct Pulse: Sendable {
    var status: @Sendable () -> (state: WorkerState, reason: String)
    var counters: @Sendable () -> WorkerSnapshot.Counters
    var onBeat: @Sendable (WorkerSnapshot.Counters) -> Void
    /// The broker was not reached in time.
    var onConnectTimeout: @Sendable () -> Void
    /// The process has grown above its limit.
    var onTooLarge: @Sendable (_ bytes: Int) -> Void
  }

  private struct State {
    var lastStatus: (state: WorkerState, reason: String)?
    var connectDeadline: UInt64?
    var nextMemoryCheck: UInt64 = 0
    var maxRSS: Int?
  }

  private let stateFile: WorkerStateFile?
  private let pulse: Pulse
  private let state: Lock<State>

  init(stateFile: WorkerStateFile?, connectTimeout: Duration?, maxRSS: Int?, pulse: Pulse) {
    self.stateFile = stateFile
    self.pulse = pulse
    let deadline = connectTimeout.map { MonotonicClock.now.addingSaturating($0.nanoseconds) }
    state = Lock(State(connectDeadline: deadline, maxRSS: maxRSS))
  }

  func fire(now: UInt64) -> UInt64? {
    let status = pulse.status()
    let counters = pulse.counters()
    let (isChanged, isTooLate, mustMeasure) = state.withLock { state in
      let isChanged = state.lastStatus.map { $0 != status } ?? true
      state.lastStatus = status
      // Once connected the worker never gives up: what is lost then comes back.
      if status.state != .starting { state.connectDeadline = nil }
      let isTooLate = state.connectDeadline.map { $0 <= now } ?? false
      if isTooLate { state.connectDeadline = nil }
      let mustMeasure = state.maxRSS != nil && now >= state.nextMemoryCheck
      if mustMeasure { state.nextMemoryCheck = now + Self.memoryInterval }
      return (isChanged, isTooLate, mustMeasure)
    }
    if isChanged { stateFile?.set(status.state, reason: status.reason) }
    stateFile?.beat(counters)
    pulse.onBeat(counters)
    if isTooLate { pulse.onConnectTimeout() }
    if mustMeasure { measure() }
    return now + Self.interval
  }

  private func measure() {
    guard let limit = state.withLock({ $0.maxRSS }), let bytes = ResidentMemory.bytes, bytes > limit else { return }
    state.withLock { $0.maxRSS = nil }
    pulse.onTooLarge(bytes)
  }
}
