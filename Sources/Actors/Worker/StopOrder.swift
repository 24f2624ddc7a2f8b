import Synchronization

/// The order to stop: why, and by when. The first order sets the time; a later one can only make it more urgent.
final class StopOrder: Sendable {
  private struct State {
    var exit: WorkerExit?
    var deadline = UInt64.max
    var isCut = false
    var watchers: [Latch] = []
  }

  private let drainTimeout: UInt64
  private let state = Lock(State())
  /// Opens with the first order.
  let given = Latch()

  init(drainTimeout: Duration) { self.drainTimeout = drainTimeout.nanoseconds }

  /// Orders to stop: running messages may go on until the drain deadline.
  ///
  /// - Parameter exit: How the worker will have ended if all goes well from here.
  func give(_ exit: WorkerExit) {
    state.withLock { state in
      if state.exit == nil { state.deadline = MonotonicClock.now.addingSaturating(drainTimeout) }
      // A stuck message is the worse news, and the reason why the process has to go.
      if state.exit == nil || exit == .stuck { state.exit = exit }
    }
    given.open()
  }

  /// Orders to stop without waiting for running messages.
  func cutShort() {
    give(.drained)
    let watchers = state.withLock { state in
      state.deadline = MonotonicClock.now
      state.isCut = true
      defer { state.watchers = [] }
      return state.watchers
    }
    for latch in watchers { latch.open() }
  }

  /// Opens a latch when the deadline is cut to now.
  func openWhenCut(_ latch: Latch) {
    let isCut = state.withLock { state in
      if !state.isCut { state.watchers.append(latch) }
      return state.isCut
    }
    if isCut { latch.open() }
  }

  /// How the worker will have ended, once an order has been given.
  var exit: WorkerExit? { state.withLock { $0.exit } }
  /// Until when running messages may go on.
  var deadline: UInt64 { state.withLock { $0.deadline } }
}
