import Synchronization

/// What the worker's threads hand to the consuming connection: settlements, and requests to its keeper.
final class ConsumerMailbox: Sendable {
  /// A request to the connection's keeper.
  enum Request: Sendable {
    /// Stop the flow of deliveries; resumed when the broker has confirmed it, or the connection is gone.
    case cancel(CheckedContinuation<Void, Never>)
  }

  fileprivate struct State {
    var settlements: [(Delivery.Receipt, Settlement)] = []
    var requests: [Request] = []
    var live: [UInt32] = []
    var isSleeping = false
    /// How many settlements are worth waking the thread for.
    var wakingAt = 1
    var consumption = ConsumptionState.connecting("starting")
  }

  private let state = Lock(State())
  private let loop: ConnectionLoop

  init(_ loop: ConnectionLoop) { self.loop = loop }

  var consumption: ConsumptionState {
    get { state.withLock { $0.consumption } }
    set { state.withLock { $0.consumption = newValue } }
  }

  /// - Returns: False when the receipt's channel is gone.
  func settle(_ receipt: Delivery.Receipt, _ settlement: Settlement) -> Bool {
    let (isLive, mustSignal) = state.withLock { state in
      guard state.live.contains(receipt.generation) else { return (false, false) }
      state.settlements.append((receipt, settlement))
      return (true, state.settlements.count >= state.wakingAt && state.takeSleeping())
    }
    if mustSignal { loop.nudge() }
    return isLive
  }

  func request(_ request: Request) {
    state.withLock { $0.requests.append(request) }
    loop.callKeeper()
  }

  // MARK: - For whoever is at the connection

  func add(generation: UInt32) { state.withLock { $0.live.append(generation) } }

  /// The channel is gone: from now on its receipts are stale.
  func remove(generation: UInt32) {
    state.withLock { state in
      state.live.removeAll { $0 == generation }
      state.settlements.removeAll { $0.0.generation == generation }
    }
  }

  /// Takes the settlements that have come, leaving `buffer`'s storage in exchange.
  func take(into buffer: inout [(Delivery.Receipt, Settlement)]) {
    buffer.removeAll(keepingCapacity: true)
    state.withLock { swap(&$0.settlements, &buffer) }
  }

  var hasRequests: Bool { state.withLock { !$0.requests.isEmpty } }

  func takeRequests() -> [Request] {
    state.withLock { state in
      guard !state.requests.isEmpty else { return [] }
      defer { state.requests = [] }
      return state.requests
    }
  }

  /// - Parameters:
  ///   - connected: Without a connection settlements can wait.
  ///   - count: How many settlements are worth waking for.
  /// - Returns: Whether nothing has come that cannot wait; then the next to come signals.
  func prepareToSleep(connected: Bool, wakingAt count: Int) -> Bool {
    state.withLock { state in
      if !state.requests.isEmpty || (connected && state.settlements.count >= count) { return false }
      state.wakingAt = count
      state.isSleeping = true
      return true
    }
  }

  func wokeUp() { state.withLock { $0.isSleeping = false } }
}

extension ConsumerMailbox.State {
  fileprivate mutating func takeSleeping() -> Bool {
    defer { isSleeping = false }
    return isSleeping
  }
}
