import DequeModule
import Synchronization

/// The deliveries of delay queues on their way into the broker's delay ladder. They need no slot: nothing of them runs
/// here.
final class TransferLane: Sendable {
  private struct State {
    var deliveries = Deque<Delivery>()
    var waiting: UnsafeContinuation<Void, Never>?
    var isClosed = false
  }

  private let state = Lock(State())

  /// Adds deliveries, in order. Called at the connection.
  func add(_ batch: [Delivery]) {
    wake { state in
      if !state.isClosed { state.deliveries.append(contentsOf: batch) }
    }
  }

  /// Drops what a lost channel had delivered.
  func remove(generation: UInt32) {
    state.withLock { $0.deliveries.removeAll { $0.receipt.generation == generation } }
  }

  /// Drops everything; the broker gives it to others.
  func close() {
    wake { state in
      state.deliveries.removeAll()
      state.isClosed = true
    }
  }

  /// Waits for deliveries. One task at a time may call this.
  ///
  /// - Returns: At most `limit` deliveries; none once the lane is closed.
  func next(limit: Int) async -> [Delivery] {
    while true {
      let batch = state.withLock { state -> [Delivery]? in
        if state.isClosed { return [] }
        guard !state.deliveries.isEmpty else { return nil }
        let batch = Array(state.deliveries.prefix(limit))
        state.deliveries.removeFirst(batch.count)
        return batch
      }
      if let batch { return batch }
      await withUnsafeContinuation { continuation in
        let isReady = state.withLock { state in
          let isReady = state.isClosed || !state.deliveries.isEmpty
          if !isReady { state.waiting = continuation }
          return isReady
        }
        if isReady { continuation.resume() }
      }
    }
  }

  private func wake(_ change: (inout State) -> Void) {
    let waiting = state.withLock { state in
      change(&state)
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume()
  }
}
