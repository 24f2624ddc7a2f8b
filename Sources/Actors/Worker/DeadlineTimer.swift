import Glibc
import Synchronization

/// Something that has to act when time has come: time limits, publish deadlines, heartbeats.
package protocol DeadlineSource: AnyObject, Sendable {
  /// Does what is due, which may be nothing: a source is also called when it did not ask for it. Called on the timer's
  /// thread, one source after the other: it must return at once and run nothing of the user's.
  ///
  /// - Parameter now: ``MonotonicClock`` nanoseconds.
  /// - Returns: When to be called again; nil when nothing is waited for.
  func fire(now: UInt64) -> UInt64?
}

/// One thread that waits for the nearest deadline of all its sources. User code can never delay it.
///
/// It holds no heap of deadlines: each source keeps its own in the form that is cheapest to it (a table of slots, a
/// queue in order of time) and tells only the nearest. A message that ends in time never touches the timer.
package final class DeadlineTimer: Sendable {
  /// The timer of the process.
  package static let shared = DeadlineTimer()

  /// A source's place at the timer.
  package final class Registration: Sendable {
    fileprivate let source: any DeadlineSource
    fileprivate let next: Atomic<UInt64>
    private let timer: DeadlineTimer

    fileprivate init(_ source: any DeadlineSource, at time: UInt64, timer: DeadlineTimer) {
      self.source = source
      self.timer = timer
      next = Atomic(time)
    }

    /// Tells that this source has a deadline at `time` (``MonotonicClock`` nanoseconds). One load when the source is
    /// called by then anyway.
    package func notify(at time: UInt64) {
      if time < next.load(ordering: .acquiring) { timer.lower(self, to: time) }
    }

    /// Takes the source off the timer. A call that is under way may still end after this returns.
    package func cancel() { timer.remove(where: { $0 === self }) }
  }

  private struct State {
    var registrations: [Registration] = []
    /// A deadline of some source that did not say which it is.
    var anybody = UInt64.max
    /// Until when the thread sleeps; zero while it is awake.
    var sleepsUntil: UInt64 = 0
    var isRunning = false
  }

  private let state = Monitor(State())

  /// A timer of its own; its thread starts with the first source and ends with the last.
  package init() {}

  /// Adds a source, which is first called at `time`: at once when it is left out.
  @discardableResult
  package func register(_ source: any DeadlineSource, at time: UInt64 = 0) -> Registration {
    let registration = Registration(source, at: time, timer: self)
    let mustStart = state.withLock { state in
      state.registrations.append(registration)
      defer { state.isRunning = true }
      return !state.isRunning
    }
    if mustStart {
      NamedThread.start("troupe-timer") { [self] in run() }
    } else {
      state.signal()
    }
    return registration
  }

  /// Takes a source off the timer. A call that is under way may still end after this returns.
  package func unregister(_ source: any DeadlineSource) { remove(where: { $0.source === source }) }

  /// Tells that some source has a deadline at `time` (``MonotonicClock`` nanoseconds): all are called then.
  package func notify(at time: UInt64) {
    let mustWake = state.withLock { state in
      state.anybody = min(state.anybody, time)
      return time < state.sleepsUntil
    }
    if mustWake { state.signal() }
  }

  private func lower(_ registration: Registration, to time: UInt64) {
    let mustWake = state.withLock { state in
      if time < registration.next.load(ordering: .relaxed) { registration.next.store(time, ordering: .releasing) }
      return time < state.sleepsUntil
    }
    if mustWake { state.signal() }
  }

  private func remove(where isMeant: (Registration) -> Bool) {
    state.withLock { $0.registrations.removeAll(where: isMeant) }
    state.signal()
  }

  private func run() {
    while let due = takeDue() {
      for registration in due {
        if let next = registration.source.fire(now: MonotonicClock.now) { lower(registration, to: next) }
      }
      if due.isEmpty { sleep() }
    }
  }

  /// The sources whose time has come; nil when there is no source left, and the thread ends.
  private func takeDue() -> [Registration]? {
    state.withLock { state in
      state.isRunning = !state.registrations.isEmpty
      guard state.isRunning else { return nil }
      let now = MonotonicClock.now
      let isForAll = state.anybody <= now
      if isForAll { state.anybody = .max }
      let due = state.registrations.filter { isForAll || $0.next.load(ordering: .relaxed) <= now }
      // A deadline that is told while its source is at work lowers this again, and is not lost.
      for registration in due { registration.next.store(.max, ordering: .releasing) }
      return due
    }
  }

  private func sleep() {
    state.wait(
      until: { state in
        guard !state.registrations.isEmpty else { return nil }
        let nearest = state.registrations.map { $0.next.load(ordering: .relaxed) }.min() ?? .max
        state.sleepsUntil = min(nearest, state.anybody)
        return state.sleepsUntil > MonotonicClock.now ? state.sleepsUntil : nil
      }, after: { $0.sleepsUntil = 0 })
  }
}
