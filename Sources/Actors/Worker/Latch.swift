import Synchronization

/// A gate that opens once; tasks wait before it, up to a deadline.
final class Latch: Sendable {
  private struct State {
    var isOpen = false
    var waiting: [UInt64: CheckedContinuation<Bool, Never>] = [:]
    var nextID: UInt64 = 0
  }

  private let state = Lock(State())

  /// Whether it is open.
  var isOpen: Bool { state.withLock { $0.isOpen } }

  /// Opens the gate, for ever.
  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting.removeAll() }
      return Array(state.waiting.values)
    }
    for continuation in waiting { continuation.resume(returning: true) }
  }

  /// Waits until the gate is open or the time has come. Being cancelled does not end the wait.
  ///
  /// - Parameter deadline: ``MonotonicClock`` nanoseconds; nil to wait for ever.
  /// - Returns: Whether the gate is open.
  @discardableResult
  func wait(until deadline: UInt64? = nil) async -> Bool {
    if isOpen { return true }
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    let registration = deadline.map { _ in DeadlineTimer.shared.register(Alarm(self, id), at: .max) }
    let isOpen = await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting[id] = continuation }
        return state.isOpen
      }
      if isOpen {
        continuation.resume(returning: true)
      } else if let deadline {
        registration?.notify(at: deadline)
      }
    }
    registration?.cancel()
    return isOpen
  }

  private func giveUp(_ id: UInt64) {
    state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: false)
  }

  /// Ends one wait at its deadline.
  private final class Alarm: DeadlineSource {
    private let latch: Latch
    private let id: UInt64

    init(_ latch: Latch, _ id: UInt64) {
      self.latch = latch
      self.id = id
    }

    func fire(now: UInt64) -> UInt64? {
      latch.giveUp(id)
      return nil
    }
  }
}
